package dev.offsite.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestWindowTest {

    private static final long SECOND = 1_000_000_000;
    private long now;

    /** Has a link bring that many bytes a second at most, and one window per round trip. */
    private long after(int round, Duration roundTrip, double bandwidth) {
        RequestWindow window = new RequestWindow(roundTrip, now);
        for (int i = 0; i < round; i++) {
            long bytes = window.bytes();
            now += Math.max(roundTrip.toNanos(), (long) (bytes / bandwidth * SECOND));
            window.arrived((int) bytes, now);
        }
        return window.bytes();
    }

    @Test
    void growsOnALongFastLinkUntilItIsFull() {
        assertThat(after(2, Duration.ofMillis(50), 1e9)).isGreaterThan(RequestWindow.LEAST);
        assertThat(after(20, Duration.ofMillis(50), 1e9)).isEqualTo(RequestWindow.MOST);
    }

    @Test
    void staysSmallWhereMoreWouldOnlyWait() {
        assertThat(after(20, Duration.ofMillis(50), 1e6)).isEqualTo(RequestWindow.LEAST);
        assertThat(after(20, Duration.ofNanos(200_000), 1e9)).isEqualTo(RequestWindow.LEAST);
    }

    @Test
    void aClockThatStandsStillIsNoBandwidth() {
        RequestWindow window = new RequestWindow(Duration.ofMillis(50), 0);
        window.arrived((int) RequestWindow.LEAST, 0);

        assertThat(window.bytes()).isEqualTo(RequestWindow.LEAST);
    }
}
