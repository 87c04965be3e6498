package dev.offsite.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.ship.ActiveRuns;
import dev.offsite.support.Bench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rate of whole ships over SSH. That it is never more than 5 % above the one that is set is exact; how far below it is
 * depends on the machine, too.
 */
@Timeout(60)
class BandwidthLimitsIT {

    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** When the first bytes were read for an upload, and the last, and how many after the first. */
    private static final class Reads implements LongConsumer {
        private long first;
        private long last;
        private long bytes;

        @Override
        public synchronized void accept(long read) {
            last = System.nanoTime();
            if (first == 0) {
                first = last;
            } else {
                bytes += read;
            }
        }

        synchronized double rate() {
            return bytes / ((last - first) / 1e9);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 4194304", "2, 2, 2097152", "4, 4, 1048576", "2, 128, 32768"})
    void aShipGoesAsFastAsTheLimitAllows(int parallel, int files, int size) throws Exception {
        try (Bench bench = limited(parallel)) {
            for (int i = 0; i < files; i++) {
                bench.backup("file " + i, random(size));
            }
            Reads reads = new Reads();
            bench.start().bean(ActiveRuns.class).onProgress(reads::accept);

            assertThat(bench.run().shipped()).isEqualTo(files);

            assertThat(reads.rate()).isBetween(0.5 * MIB, 2 * MIB * 1.05);
        }
    }

    private Bench limited(int parallel) throws IOException {
        return new Bench(folder)
                .set("camel.routeTemplate[db].parallel", String.valueOf(parallel))
                .set("camel.routeTemplate[db].limit", "2MiB/s");
    }
}
