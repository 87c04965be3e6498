package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.Exec;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Bench;
import dev.offsite.support.Parts;
import dev.offsite.upload.UploadConnections;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While the first upload runs, the way to its verification is made. */
@Timeout(120)
class PrepareIT {

    /** One to upload, one to make folders, to verify and to publish. */
    private static final int LOGINS = 2;

    @TempDir
    private Path folder;

    private final Queue<String> commands = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean inTime = new AtomicBoolean();

    @Test
    void theServerIsAskedHowItHashesBeforeTheUploadEnds() throws Exception {
        EmbeddedServer.Exec asked = Exec.sha256sumAfter((command, root) -> commands.add(command));
        try (Bench bench = Bench.answering(folder, asked).unprobed()) {
            bench.server().accessFiles(new Held(() -> !commands.isEmpty()));

            ship(bench);

            assertThat(inTime).isTrue();
            String copy = Parts.start("app.dump");
            assertThat(commands.stream().filter(command -> command.contains(copy)))
                    .hasSize(1);
            assertThat(List.copyOf(commands)).doesNotHaveDuplicates();
        }
    }

    @Test
    void oneLoginUploadsAndOneDoesAllElse() throws Exception {
        try (Bench bench = new Bench(folder)) {
            ship(bench);

            assertThat(bench.server().logins()).isEqualTo(LOGINS);
        }
    }

    @Test
    void whatManySmallFilesNeedIsConnectedAheadAndNothingMore() throws Exception {
        try (Bench bench = new Bench(folder)) {
            bench.start();
            List<SourceFile> files = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Path file = bench.backup("d" + i % 10 + "/" + i, new byte[] {1});
                files.add(new SourceFile(file.toFile(), 1, 0));
            }
            UploadConnections connections = bench.bean(UploadConnections.class);

            connections.expect(bench.job(), files);
            assertThat(bench.server().logins()).as("before the first is let in").isZero();

            assertThat(bench.run().shipped()).isEqualTo(100);
            // A slow machine's link may be taken for a long one, on which one more pays.
            assertThat(bench.server().logins()).isBetween(2, 3);
        }
    }

    /** All at once, each would take a login of its own for that. */
    @Test
    void uploadsThatBeginTogetherCreateTheirFilesOneByOne() throws Exception {
        AtomicInteger creating = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(2);
        try (Bench bench = new Bench(folder)) {
            bench.server().accessFiles(new SftpFileSystemAccessor() {
                @Override
                public SeekableByteChannel openFile(
                        SftpSubsystemProxy subsystem,
                        FileHandle handle,
                        Path file,
                        String id,
                        Set<? extends OpenOption> options,
                        FileAttribute<?>... attributes)
                        throws IOException {
                    if (options.contains(StandardOpenOption.CREATE_NEW)
                            && IntStream.range(0, 4).anyMatch(i -> Parts.isOf(file, "large-" + i))) {
                        awaitAnother(creating, together);
                    }
                    return SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
                }
            });
            bench.start();
            for (int i = 0; i < 4; i++) {
                bench.backup("large-" + i, new byte[1 << 20]);
            }

            assertThat(bench.run().shipped()).isEqualTo(4);
            assertThat(together.getCount())
                    .as("another one was created meanwhile")
                    .isPositive();
        }
    }

    /** Counts down if two are here at the same time; gives the second one a moment to come. */
    private static void awaitAnother(AtomicInteger here, CountDownLatch together) throws IOException {
        try {
            if (here.incrementAndGet() > 1) {
                together.countDown();
                together.countDown();
            }
            together.await(300, TimeUnit.MILLISECONDS);
            here.decrementAndGet();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aLoginThatWasBegunIsTheFirst() throws Exception {
        try (Bench bench = new Bench(folder)) {
            bench.start();
            UploadConnections connections = bench.bean(UploadConnections.class);
            connections.contact(bench.job());
            connections.contact(bench.job());
            await().atMost(Duration.ofSeconds(30)).until(() -> bench.server().logins() == 1);

            backUp(bench);

            assertThat(bench.server().logins()).isEqualTo(LOGINS);
        }
    }

    private static void ship(Bench bench) throws Exception {
        bench.start();
        backUp(bench);
    }

    private static void backUp(Bench bench) throws Exception {
        // Too large to go with others.
        bench.backup("app.dump", new byte[1 << 20]);
        assertThat(bench.run().shipped()).isEqualTo(1);
    }

    /** Ends no upload before all is prepared. */
    private final class Held implements SftpFileSystemAccessor {
        private final Callable<Boolean> ready;

        Held(Callable<Boolean> ready) {
            this.ready = ready;
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
            if (Parts.isOf(file, "app.dump")) {
                await().atMost(Duration.ofSeconds(30)).until(ready);
                inTime.set(true);
            }
            SftpFileSystemAccessor.super.closeFile(subsystem, handle, file, id, channel, options);
        }
    }
}
