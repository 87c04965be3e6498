package dev.offsite.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.download.Arriving.Stretch;
import dev.offsite.io.Activity;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.pipeline.SftpPacketReader;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DownloadLaneTest {

    private final DownloadQueue queue = new DownloadQueue(new Activity(), 4);

    private record File(String path, long size) implements Incoming {
        @Override
        public void check(RemoteFile there) {}

        @Override
        public long begin() {
            return 0;
        }

        @Override
        public void write(ByteBuffer bytes) {}

        @Override
        public boolean end() {
            return true;
        }

        @Override
        public void fail(Exception cause) {}
    }

    /** Invariant 12: else the file would be waited for, and nobody would ask for it. */
    @Test
    void whatWasTakenIsGivenBackWhereverTheConnectionBreaks() throws IOException {
        for (int writes = 0; writes < 6; writes++) {
            queue.add(new File("/file", 10));
            queue.add(new File("/empty", 0));
            AtomicInteger left = new AtomicInteger(writes);
            SftpPipeline broken = new SftpPipeline(
                    new SftpPacketReader(),
                    new OutputStream() {
                        @Override
                        public void write(int one) throws IOException {
                            flush();
                        }

                        @Override
                        public void write(byte[] bytes, int from, int length) throws IOException {
                            flush();
                        }

                        @Override
                        public void flush() throws IOException {
                            if (left.getAndDecrement() <= 0) {
                                throw new IOException("broken");
                            }
                        }
                    },
                    () -> {});

            assertThatIOException()
                    .isThrownBy(() -> DownloadLane.run(
                            queue, broken, Duration.ofMillis(1), new BandwidthLimits("").ofAll(), () -> {}));

            long bytes = 0;
            int looks = 0;
            for (var next = queue.take(false); next.isPresent(); next = queue.take(false)) {
                Stretch stretch = next.get();
                bytes += stretch.length();
                looks += stretch.length() == 0 ? 1 : 0;
            }
            assertThat(bytes).as("after %d writes", writes).isEqualTo(10);
            assertThat(looks).as("after %d writes", writes).isOne();
        }
    }
}
