package dev.offsite.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.ship.ShipResult;
import dev.offsite.support.Bench;
import dev.offsite.support.Parts;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files to the embedded server: many at a time, and each on its own account. */
@Timeout(120)
class SmallFileBatchIT {
    private static final int FILES = 200;

    @TempDir
    Path folder;

    /** Counts what is open for writing, and refuses some. */
    private static final class Opened implements SftpFileSystemAccessor {
        private final Predicate<Path> refused;
        private final int most;
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger peak = new AtomicInteger();

        Opened(Predicate<Path> refused, int most) {
            this.refused = refused;
            this.most = most;
        }

        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attributes)
                throws IOException {
            if (options.contains(StandardOpenOption.WRITE)) {
                if (refused.test(file)) {
                    throw new AccessDeniedException(file.toString());
                }
                if (now.get() >= most) {
                    throw new IOException("too many open files");
                }
            }
            SeekableByteChannel channel =
                    SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
            if (options.contains(StandardOpenOption.WRITE)) {
                peak.accumulateAndGet(now.incrementAndGet(), Math::max);
            }
            return channel;
        }

        @Override
        public void closeFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Channel channel,
                Set<? extends OpenOption> options)
                throws IOException {
            SftpFileSystemAccessor.super.closeFile(subsystem, handle, file, id, channel, options);
            if (options.contains(StandardOpenOption.WRITE)) {
                now.decrementAndGet();
            }
        }
    }

    private Map<String, byte[]> backups(Bench bench) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        Random random = new Random(1);
        for (int i = 0; i < FILES; i++) {
            // Nothing, one write, two, and the largest there is.
            byte[] content = new byte[new int[] {0, 400, 40_000, SmallFileBatch.SMALL}[i % 4]];
            random.nextBytes(content);
            contents.put("folder " + i % 7 + "/ü *" + i, content);
            bench.backup("folder " + i % 7 + "/ü *" + i, content);
        }
        return contents;
    }

    private static void assertThere(Bench bench, Map<String, byte[]> contents) {
        contents.forEach((name, content) ->
                assertThat(bench.root().resolve("20260131").resolve(name)).hasBinaryContent(content));
    }

    @Test
    void manyAreOpenAtATimeAndAllArrive() throws Exception {
        Opened opened = new Opened(file -> false, Integer.MAX_VALUE);
        AtomicInteger alone = new AtomicInteger();
        try (Bench bench = new Bench(folder)) {
            bench.server().accessFiles(opened);
            bench.start();
            bench.context().getManagementStrategy().addEventNotifier(sftpSends(alone));
            Map<String, byte[]> contents = backups(bench);
            bench.backup("large", new byte[SmallFileBatch.SMALL + 1]);

            ShipResult result = bench.run();

            assertThat(result.failed()).isEmpty();
            assertThat(result.shipped()).isEqualTo(FILES + 1);
            assertThere(bench, contents);
            assertThat(opened.peak.get()).isGreaterThan(8);
            assertThat(alone.get()).as("over camel-ftp's endpoint").isEqualTo(1);
        }
    }

    @Test
    void oneWhoseFolderCannotBeMadeFailsAloneAndNothingGoesThroughALink() throws Exception {
        try (Bench bench = new Bench(folder)) {
            bench.start();
            Path today = Files.createDirectories(bench.root().resolve("20260131"));
            Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
            Files.createDirectory(today.resolve("there"));
            Files.createSymbolicLink(today.resolve("link"), elsewhere);
            Files.createFile(today.resolve("file"));
            for (String name : List.of("there/a", "new/deep/b", "link/c", "link/deep/d", "file/e", "f")) {
                bench.backup(name, new byte[] {1});
            }

            ShipResult result = bench.run();

            assertThat(result.failed()).containsExactlyInAnyOrder("link/c", "link/deep/d", "file/e");
            assertThat(result.shipped()).isEqualTo(3);
            assertThat(elsewhere).isEmptyDirectory();
            assertThat(today.resolve("new/deep/b")).exists();
        }
    }

    private static EventNotifierSupport sftpSends(AtomicInteger count) {
        return new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeSendingEvent sending
                        && sending.getEndpoint().getEndpointUri().startsWith("sftp:")) {
                    count.incrementAndGet();
                }
            }
        };
    }

    @Test
    void oneThatIsRefusedFailsAlone() throws Exception {
        Predicate<Path> refused = file -> Parts.isOf(file, "folder 3/ü *3");
        try (Bench bench = new Bench(folder).set("offsite.retries", "1")) {
            bench.server().accessFiles(new Opened(refused, Integer.MAX_VALUE));
            bench.start();
            Map<String, byte[]> contents = backups(bench);

            ShipResult result = bench.run();

            assertThat(result.failed()).containsExactly("folder 3/ü *3");
            contents.remove("folder 3/ü *3");
            assertThat(result.shipped()).isEqualTo(FILES - 1);
            assertThere(bench, contents);
        }
    }

    /** What a server does not bear of many at a time it bears one by one. */
    @Test
    void aServerThatAllowsFewOpenFilesGetsThemAll() throws Exception {
        Opened opened = new Opened(file -> false, 10);
        try (Bench bench = new Bench(folder)) {
            bench.server().accessFiles(opened);
            bench.start();
            Map<String, byte[]> contents = backups(bench);

            ShipResult result = bench.run();

            assertThat(result.failed()).isEmpty();
            assertThere(bench, contents);
            assertThat(opened.peak.get()).isEqualTo(10);
        }
    }
}
