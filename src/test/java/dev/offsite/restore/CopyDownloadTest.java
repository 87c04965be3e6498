package dev.offsite.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.catalog.SnapshotFile;
import dev.offsite.download.Downloads;
import dev.offsite.io.HashedFile;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.support.Remote;
import dev.offsite.support.Things;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyDownloadTest {

    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final Instant THEN = Instant.parse("2020-02-03T04:05:06Z");

    @TempDir
    Path folder;

    private Remote remote;
    private Path here;

    @BeforeEach
    void start() throws IOException {
        remote = new Remote(folder.resolve("server"));
        here = Files.createDirectory(folder.resolve("here"));
    }

    @AfterEach
    void stop() throws IOException {
        remote.close();
    }

    private HashedFile fetch(String path, Path to, String sha256, LongConsumer progress) throws Exception {
        Optional<RemoteFile> entry = remote.sessions().call(session -> session.stat(path));
        return fetch(path, entry.orElse(Things.file("gone since it was listed", 3)), to, sha256, progress);
    }

    private HashedFile fetch(String path, RemoteFile listed, Path to, String sha256, LongConsumer progress)
            throws Exception {
        SnapshotFile copy = new SnapshotFile(
                "x",
                Optional.of(listed),
                Optional.ofNullable(sha256),
                SnapshotFile.State.LISTED,
                Optional.empty(),
                Optional.empty());
        AtomicReference<HashedFile> restored = new AtomicReference<>();
        AtomicReference<Exception> failed = new AtomicReference<>();
        CopyDownload download = new CopyDownload(
                copy, path, new RestoreTarget(to.getParent()), to, -1, Optional.empty(), progress, (file, failure) -> {
                    restored.set(file);
                    failed.set(failure);
                });
        Downloads.all(remote.connection(), 2, List.of(download));
        if (failed.get() != null) {
            throw failed.get();
        }
        return restored.get();
    }

    private HashedFile fetch(String path, Path to, String sha256) throws Exception {
        return fetch(path, to, sha256, bytes -> {});
    }

    private List<String> all() throws IOException {
        try (Stream<Path> files = Files.list(here)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void bringsAFileWithItsTime() throws Exception {
        Path there = Files.writeString(remote.file("srv/it's *?\\ \"a\"\nb"), "abc");
        Files.setLastModifiedTime(there, FileTime.from(THEN));
        AtomicLong progress = new AtomicLong();

        HashedFile fetched = fetch("/srv/it's *?\\ \"a\"\nb", here.resolve("x"), ABC, progress::addAndGet);

        assertThat(fetched).isEqualTo(new HashedFile(ABC, 3));
        assertThat(here.resolve("x")).hasContent("abc");
        assertThat(Files.getLastModifiedTime(here.resolve("x")).toInstant()).isEqualTo(THEN);
        assertThat(all()).containsExactly("x");
        assertThat(progress).hasValue(3);
    }

    @Test
    void hashesWhatItBringsWithoutAnExpectation() throws Exception {
        Files.writeString(remote.file("srv/x"), "abc");

        assertThat(fetch("/srv/x", here.resolve("x"), null).sha256()).isEqualTo(ABC);
    }

    @Test
    void otherBytesGetNoName() throws Exception {
        Files.writeString(remote.file("srv/x"), "abd");
        Files.writeString(here.resolve("x"), "what was here");

        assertThatThrownBy(() -> fetch("/srv/x", here.resolve("x"), ABC))
                .isInstanceOf(VerificationException.class)
                .hasMessageContaining(ABC);

        assertThat(all()).containsExactly("x");
        assertThat(here.resolve("x")).hasContent("what was here");
    }

    @Test
    void atNoTimeIsSomethingUnfinishedUnderTheName() throws Exception {
        Files.write(remote.file("srv/x"), new byte[1 << 20]);
        AtomicLong seen = new AtomicLong();

        fetch("/srv/x", here.resolve("x"), null, bytes -> {
            assertThat(here.resolve("x")).doesNotExist();
            seen.incrementAndGet();
        });

        assertThat(seen.get()).isGreaterThan(1);
        assertThat(here.resolve("x")).hasSize(1 << 20);
    }

    @Test
    void whatIsMissingOrNoFileIsSaid() throws Exception {
        Files.createDirectories(remote.file("srv/folder/x"));

        assertThatThrownBy(() -> fetch("/srv/x", here.resolve("x"), ABC))
                .isInstanceOfSatisfying(SftpStatusException.class, e -> assertThat(e.code())
                        .isEqualTo(SftpStatusException.NO_SUCH_FILE));
        assertThatThrownBy(() -> fetch("/srv/folder", here.resolve("x"), ABC))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no regular file");

        assertThat(all()).isEmpty();
    }

    @Test
    void aSymbolicLinkOnTheServerIsNotFollowed() throws Exception {
        Files.writeString(remote.file("srv/x"), "abc");
        Files.createSymbolicLink(remote.file("srv/link"), Path.of("x"));

        assertThatThrownBy(() -> fetch("/srv/link", here.resolve("x"), ABC)).hasMessageContaining("no regular file");
    }

    @Test
    void aSymbolicLinkHereIsReplacedNotFollowed() throws Exception {
        Files.writeString(remote.file("srv/x"), "abc");
        Path outside = Files.writeString(folder.resolve("outside"), "mine");
        Files.createSymbolicLink(here.resolve("x"), outside);

        fetch("/srv/x", here.resolve("x"), ABC);

        assertThat(outside).hasContent("mine");
        assertThat(here.resolve("x")).isRegularFile().hasContent("abc");
    }

    @Test
    void moreThanWasListedIsNotTaken() throws Exception {
        Path there = remote.file("srv/x");
        Files.writeString(there, "abc");
        RemoteFile listed =
                remote.sessions().call(session -> session.stat("/srv/x")).orElseThrow();
        try (RandomAccessFile sparse = new RandomAccessFile(there.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        AtomicLong received = new AtomicLong();

        assertThatThrownBy(() -> fetch("/srv/x", listed, here.resolve("x"), null, received::addAndGet))
                .isInstanceOf(SftpStatusException.class)
                .hasMessageContaining("bytes of it now, and listed 3")
                .satisfies(e -> assertThat(FailureMessages.lost(e)).isFalse());
        assertThat(received).hasValue(0);
        assertThat(all()).isEmpty();
    }

    @Test
    void aFolderHereThatTakesNoFileIsNotBlamedOnTheConnection() throws Exception {
        Files.write(remote.file("srv/x"), new byte[1 << 20]);
        Files.writeString(here.resolve("in"), "no folder");

        assertThatThrownBy(() -> fetch("/srv/x", here.resolve("in/x"), null))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(FailureMessages.lost(e)).isFalse());
    }
}
