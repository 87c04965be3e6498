package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.support.Remote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that sends more than can be kept is cut short, and the connection still works. */
@Timeout(60)
class SftpLimitsIT {

    @TempDir
    private Path folder;

    private Remote remote;

    @BeforeEach
    void start() throws IOException {
        remote = new Remote(folder);
        for (int i = 0; i < 30; i++) {
            Files.createFile(remote.file("srv/many/" + i + "x".repeat(200)));
        }
        for (int i = 0; i < 30; i++) {
            Files.createFile(remote.file("srv/deep/" + "d/".repeat(i) + "x".repeat(200)));
        }
        Files.writeString(remote.file("srv/small"), "small");
    }

    @AfterEach
    void stop() throws IOException {
        remote.close();
    }

    private void works() throws IOException {
        remote.sessions().run(session -> assertThat(session.read("/srv/small")).contains("small"));
        assertThat(remote.server().logins()).isEqualTo(1);
    }

    /** A mark or a lock has a hundred bytes; what is there instead may have any number. */
    @Test
    void ofATextOnlyTheBeginningIsRead() throws IOException {
        Files.writeString(remote.file("srv/large"), "x".repeat(10 << 20));

        remote.sessions().run(session -> assertThat(session.read("/srv/large"))
                .hasValueSatisfying(text -> assertThat(text).hasSizeBetween(64 << 10, 1 << 20)));

        works();
    }

    @Test
    void aListingIsLimitedByTheMemoryThatItsNamesTake() throws IOException {
        remote.sessions().run(session -> {
            List<RemoteFile> entries = new ArrayList<>();
            session.list("/srv/many", new SftpSession.Allowance(30 * 400), entries);
            assertThat(entries).hasSize(30);
            assertThatThrownBy(() -> session.list("/srv/many", new SftpSession.Allowance(20 * 360), new ArrayList<>()))
                    .isInstanceOf(SftpStatusException.class)
                    .hasMessageStartingWith("/srv/many has too many entries to list, more than 2");
        });
        works();
    }

    @Test
    void aTreeIsLimitedAsAWhole() throws IOException {
        remote.sessions().run(session -> {
            List<String> found = new ArrayList<>();
            assertThatThrownBy(() -> RemoteTreeWalker.walk(
                            session,
                            "/srv/deep",
                            "",
                            new RemoteTreeWalker.Visitor() {
                                @Override
                                public boolean found(String name, RemoteFile entry) {
                                    return found.add(name);
                                }

                                @Override
                                public void unreadable(String name, SftpStatusException e) {
                                    // One folder of many: the walk goes on.
                                }
                            },
                            new SftpSession.Allowance(10 * 540)))
                    .isInstanceOf(SftpStatusException.class)
                    .hasMessageContaining("too many entries");
            assertThat(found).hasSizeBetween(10, 30);
        });
        works();
    }

    @Test
    void aFileIsReadUntilThereIsEnough() throws IOException {
        try (RandomAccessFile sparse =
                new RandomAccessFile(remote.file("srv/large").toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        remote.sessions().run(session -> session.read("/srv/large", bytes, () -> bytes.size() > 100_000));
        assertThat(bytes.size()).isBetween(100_000, 200_000);
        works();
        remote.sessions().run(session -> assertThat(session.read("/srv/large").orElseThrow())
                .hasSizeBetween(64 << 10, 128 << 10));
        works();
    }
}
