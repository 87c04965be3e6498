package dev.offsite.sftp.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeasuredWindowTest {
    private static final long MIB = 1 << 20;
    private static final long MOST = 4 * MIB;

    /** A link that carries so much in a second, and answers after that many milliseconds. */
    private static long after(long bytesPerSecond, long millis) {
        MeasuredWindow window = new MeasuredWindow(MOST, 0);
        long now = 0;
        for (int round = 0; round < 50; round++) {
            long sent = window.bytes();
            long nanos = Math.max(millis * 1_000_000, sent * 1_000_000_000 / bytesPerSecond);
            now += nanos;
            window.confirmed((int) sent, round == 0 ? millis * 1_000_000 : nanos, now);
        }
        return window.bytes();
    }

    @Test
    void aLongAndFastLinkGetsAllOfIt() {
        assertThat(after(1000 * MIB, 50)).isEqualTo(MOST);
    }

    @Test
    void aSlowLinkGetsNoMoreThanItCarries() {
        assertThat(after(20_000, 50)).isEqualTo(MIB / 2);
        assertThat(after(10 * MIB, 50)).isBetween(MIB * 9 / 10, MIB * 11 / 10);
    }

    @Test
    void aShortLinkGetsLittle() {
        assertThat(after(500 * MIB, 1)).isBetween(MIB / 2, MIB * 11 / 10);
    }
}
