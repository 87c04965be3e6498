package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class UsefulConnectionsTest {
    private static final int MOST = 8;
    private static final long STEP = Duration.ofMillis(50).toNanos();
    private static final long MIB = 1 << 20;

    private long now = Duration.ofHours(1).toNanos();
    private long moved;
    private int connected = 1;
    private final UsefulConnections useful = new UsefulConnections(1, now);

    /** {@code rate}: MiB per second with so many connections; each takes half a second to log in. */
    private int after(Duration time, long all, IntToDoubleFunction rate) {
        int wanted = connected;
        long loggedIn = Long.MAX_VALUE;
        for (long end = now + time.toNanos(); now < end; now += STEP) {
            moved += (long) (rate.applyAsDouble(connected) * MIB * STEP / 1e9);
            wanted = useful.wanted(MOST, moved, all - moved, connected, now);
            if (wanted <= connected) {
                connected = wanted;
                loggedIn = Long.MAX_VALUE;
            } else if (loggedIn == Long.MAX_VALUE) {
                loggedIn = now + Duration.ofMillis(500).toNanos();
            } else if (now >= loggedIn) {
                connected++;
                loggedIn = Long.MAX_VALUE;
            }
        }
        return wanted;
    }

    @Test
    void growsWhileEachMovesMore() {
        assertThat(after(Duration.ofMinutes(1), 1L << 40, n -> 5.0 * n)).isEqualTo(MOST);
    }

    @Test
    void staysWhereTheLineIsFull() {
        assertThat(after(Duration.ofSeconds(20), 1L << 40, n -> Math.min(10, 5.0 * n)))
                .as("two fill it, a third that was tried has gone")
                .isEqualTo(2);
    }

    @Test
    void givesUpOneThatStandsInTheWay() {
        assertThat(after(Duration.ofSeconds(20), 1L << 40, n -> n == 1 ? 100 : 50))
                .isEqualTo(1);
    }

    @Test
    void triesAgainLaterSinceLinesChange() {
        assertThat(after(Duration.ofSeconds(20), 1L << 40, n -> 5)).isEqualTo(1);

        assertThat(after(Duration.ofMinutes(2), 1L << 40, n -> 5.0 * n)).isGreaterThan(4);
    }

    @Test
    void noLoginForWhatIsDoneSooner() {
        assertThat(after(Duration.ofSeconds(2), 250 * MIB, n -> 300.0 * n)).isEqualTo(1);
    }

    @Test
    void neverMoreThanThereMayBe() {
        assertThat(useful.wanted(1, 0, 1L << 40, 1, now)).isOne();
        assertThat(new UsefulConnections(9, now).wanted(4, 0, 1L << 40, 0, now)).isEqualTo(4);
        assertThat(new UsefulConnections(0, now).wanted(0, 0, 1L << 40, 0, now)).isOne();
    }
}
