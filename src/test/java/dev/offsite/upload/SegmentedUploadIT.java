package dev.offsite.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.io.HashingInputStream;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.ship.ShipResult;
import dev.offsite.support.Bench;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One file over several connections to the embedded server. */
@Timeout(60)
class SegmentedUploadIT {
    private static final String PART = "/x*[?] ü.part";

    @TempDir
    Path folder;

    private Bench bench;
    private SftpSessionPool sessions;

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(folder).start();
        sessions = bench.bean(TargetConnections.class).to(bench.job().target()).sessions();
    }

    @AfterEach
    void stop() throws IOException {
        bench.close();
    }

    private Path part() {
        return bench.server().files().resolve(PART.substring(1));
    }

    private void send(InputStream file, IntSupplier lanes) throws Exception {
        upload(PART, lanes).send(new HashingInputStream(file, read -> {}));
    }

    private SegmentedUpload upload(String part, IntSupplier lanes) {
        return new SegmentedUpload(
                sessions,
                part,
                -1,
                () -> plan(lanes.getAsInt()),
                Continuation.NONE,
                new LostConnections(Duration.ZERO, 0));
    }

    private static SegmentPlan plan(int lanes) {
        return new SegmentPlan(lanes, lanes, 0);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** A file that is read slowly enough for all lanes to come, with something done before each read. */
    private static InputStream reading(byte[] bytes, Read before) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            private int at;

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                before.at(at);
                int n = super.read(buffer, offset, length);
                at += Math.max(0, n);
                return n;
            }
        };
    }

    private interface Read {
        void at(int position) throws IOException;
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 4", "262144, 4", "262145, 2", "9000001, 1", "20000000, 4"})
    void arrivesByteForByte(int size, int lanes) throws Exception {
        byte[] bytes = bytes(size);

        send(new ByteArrayInputStream(bytes), () -> lanes);

        assertThat(part()).hasBinaryContent(bytes);
    }

    @Test
    void whatAnAttemptBeforeLeftIsReplacedAndNotWrittenInto() throws Exception {
        Files.createDirectories(part().getParent());
        Files.write(part(), bytes(3_000_000));
        byte[] bytes = bytes(1_000_000);

        try (FileChannel before = FileChannel.open(part(), StandardOpenOption.WRITE)) {
            send(new ByteArrayInputStream(bytes), () -> 3);
            // A connection that the server has not given up yet.
            before.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
        }

        assertThat(part()).hasBinaryContent(bytes);
    }

    @Test
    void aLinkOfThatNameIsReplacedAndNotFollowed() throws Exception {
        Files.createDirectories(part().getParent());
        Path other = Files.writeString(part().resolveSibling("other"), "other");
        Files.createSymbolicLink(part(), other.getFileName());

        send(new ByteArrayInputStream(bytes(1000)), () -> 2);

        assertThat(other).hasContent("other");
        assertThat(Files.isSymbolicLink(part())).isFalse();
        assertThat(part()).hasBinaryContent(bytes(1000));
    }

    @Test
    void connectionsComeAndGoWhileOtherUploadsDo() throws Exception {
        byte[] bytes = bytes(30_000_000);
        AtomicInteger asked = new AtomicInteger();
        int before = bench.server().logins();

        send(new ByteArrayInputStream(bytes), () -> asked.incrementAndGet() / 20 % 2 == 0 ? 4 : 1);

        assertThat(part()).hasBinaryContent(bytes);
        assertThat(bench.server().logins() - before).isBetween(2, 8);
    }

    @Test
    void aFileThatCannotBeReadEndsAllOfIt() throws Exception {
        IOException broken = new IOException("the disk here is broken");

        assertThatThrownBy(() -> send(
                        reading(bytes(9_000_000), at -> {
                            if (at > 5_000_000) {
                                throw broken;
                            }
                        }),
                        () -> 4))
                .isSameAs(broken);
    }

    @Test
    void aServerThatTakesNoMoreIsSaidAsItSaysIt() throws Exception {
        bench.server().accessFiles(new Full(4_000_000));

        assertThatThrownBy(() -> send(new ByteArrayInputStream(bytes(20_000_000)), () -> 4))
                .isInstanceOf(SftpStatusException.class)
                .satisfies(e -> assertThat(FailureMessages.lost(e)).as("%s", e).isFalse())
                .satisfies(e ->
                        assertThat(FailureMessages.of(e, bench.job()).message()).contains("disk full"));
        // The connections that are left are in order.
        bench.server().accessFiles(SftpFileSystemAccessor.DEFAULT);
        send(new ByteArrayInputStream(bytes(1_000_000)), () -> 4);
        assertThat(part()).hasBinaryContent(bytes(1_000_000));
    }

    /** The last error is told only with the end of the file. */
    @Test
    void aLastWriteThatFailsIsNotMissed() throws Exception {
        bench.server().accessFiles(new Full(999_999));

        assertThatThrownBy(() -> send(new ByteArrayInputStream(bytes(1_000_000)), () -> 2))
                .isInstanceOf(SftpStatusException.class);
    }

    @Test
    void aFolderThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> upload("/none/x.part", () -> 2)
                        .send(new HashingInputStream(new ByteArrayInputStream(bytes(1_000_000)), read -> {})))
                .isInstanceOfSatisfying(SftpStatusException.class, e -> assertThat(e.code())
                        .isEqualTo(SftpStatusException.NO_SUCH_FILE));
    }

    /** Some servers keep files where nothing can be written out of order. */
    @Test
    void aServerThatCannotWriteInNoOrderGetsTheFileOverOneConnection() throws Exception {
        InOrderOnly files = new InOrderOnly(new AtomicInteger());
        bench.server().accessFiles(files);
        byte[] bytes = bytes(64 << 20);
        bench.backup("large", bytes);

        ShipResult result = bench.run();

        assertThat(result.failed()).isEmpty();
        assertThat(files.refused()).as("tried").hasPositiveValue();
        assertThat(bench.root().resolve("20260131/large")).hasBinaryContent(bytes);
    }

    /** Far away, and lets one connection at a time write a file. */
    private record InOrderOnly(AtomicInteger refused) implements SftpFileSystemAccessor {
        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attributes)
                throws IOException {
            SeekableByteChannel channel =
                    SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
            if (!options.contains(StandardOpenOption.WRITE)
                    || options.contains(StandardOpenOption.CREATE)
                    || options.contains(StandardOpenOption.CREATE_NEW)) {
                return channel;
            }
            refused.incrementAndGet();
            return new FullChannel(channel, 0);
        }

        @Override
        public Path resolveLocalFilePath(SftpSubsystemProxy subsystem, Path rootDir, String remotePath)
                throws IOException {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            return SftpFileSystemAccessor.super.resolveLocalFilePath(subsystem, rootDir, remotePath);
        }
    }

    /** A disk with room for so many bytes of each file. */
    record Full(long room) implements SftpFileSystemAccessor {
        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attributes)
                throws IOException {
            SeekableByteChannel channel =
                    SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
            return options.contains(StandardOpenOption.WRITE) ? new FullChannel(channel, room) : channel;
        }
    }

    private record FullChannel(SeekableByteChannel channel, long room) implements SeekableByteChannel {
        @Override
        public int write(ByteBuffer from) throws IOException {
            if (channel.position() + from.remaining() > room) {
                throw new IOException("disk full");
            }
            return channel.write(from);
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            return channel.read(to);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            channel.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            channel.truncate(size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
