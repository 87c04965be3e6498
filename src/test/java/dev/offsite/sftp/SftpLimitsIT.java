package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.support.FaultyFiles;
import dev.offsite.support.Remote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
            assertThat(session.list("/srv/many", new FolderReader.Allowance(30 * 400)))
                    .hasSize(30);
            assertThatThrownBy(() -> session.list("/srv/many", new FolderReader.Allowance(20 * 360)))
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
                            new FolderReader.Allowance(10 * 540)))
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

    /** Invariant 12. */
    @Test
    void aFileThatNeitherComesNorEndsIsGivenUp() {
        remote.server().accessFiles(new FaultyFiles(FaultyFiles.Fault.READS_NOTHING, file -> true));

        assertThatThrownBy(() -> remote.sessions()
                        .run(session ->
                                session.read("/srv/small", new ByteArrayOutputStream(), Duration.ofMillis(300))))
                .isInstanceOf(SftpStatusException.class)
                .hasMessageContaining("sent nothing");
    }

    /** As with a limit on the bandwidth. */
    @Test
    void aFileThatWaitsForUsIsNotGivenUp() throws IOException {
        byte[] large = new byte[1 << 20];
        Files.write(remote.file("srv/large"), large);
        ByteArrayOutputStream slow = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                if (size() == 0) {
                    LockSupport.parkNanos(Duration.ofMillis(1500).toNanos());
                }
                super.write(bytes, offset, length);
            }
        };

        remote.sessions().run(session -> session.read("/srv/large", slow, Duration.ofMillis(500)));

        assertThat(slow.toByteArray()).isEqualTo(large);
        works();
    }
}
