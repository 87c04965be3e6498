package dev.offsite.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rate of whole ships over SSH. That it is never more than 5 % above the one that is set is exact; how far below it is
 * depends on the machine, too.
 */
@Timeout(60)
class BandwidthTest {

    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static double rate(Bench bench, int files) throws Exception {
        RunResult result = bench.run();
        assertThat(result.shipped()).isEqualTo(files);
        return result.bytes() / (result.nanos() / 1e9);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 4194304", "2, 2, 2097152", "4, 4, 1048576", "2, 128, 32768"})
    void aShipGoesAsFastAsTheLimitAllows(int parallel, int files, int size) throws Exception {
        try (Bench bench = limited(parallel)) {
            for (int i = 0; i < files; i++) {
                bench.backup("file " + i, random(size));
            }
            bench.start();

            assertThat(rate(bench, files)).isBetween(0.5 * MIB, 2 * MIB * 1.05);
        }
    }

    /** Of two seconds and more: a pause is worth a tenth of a second. */
    @Test
    void theShipAfterAPauseIsNoFaster() throws Exception {
        try (Bench bench = limited(2)) {
            bench.backup("first", random(MIB / 4));
            bench.start();
            rate(bench, 1);
            bench.backup("second", random(2 * MIB));
            bench.backup("third", random(2 * MIB));

            assertThat(rate(bench, 2)).isBetween(0.5 * MIB, 2 * MIB * 1.05);
        }
    }

    private Bench limited(int parallel) throws IOException {
        return new Bench(folder)
                .set("camel.routeTemplate[db].parallel", String.valueOf(parallel))
                .set("camel.routeTemplate[db].limit", "2MiB/s");
    }
}
