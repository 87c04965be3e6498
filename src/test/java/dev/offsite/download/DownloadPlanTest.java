package dev.offsite.download;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.sftp.LinkQuality;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DownloadPlanTest {

    private static final LinkQuality LONG = new LinkQuality(Duration.ofMillis(50), true, false);
    private static final LinkQuality SHORT = new LinkQuality(Duration.ofMillis(1), true, false);

    @Test
    void moreConnectionsForMoreBytes() {
        assertThat(DownloadPlan.lanes(1 << 20, 1, LONG, 8)).isOne();
        assertThat(DownloadPlan.lanes(256L << 20, 1, LONG, 8)).isEqualTo(8);
        assertThat(DownloadPlan.lanes(1L << 30, 1, SHORT, 8)).isEqualTo(3);
    }

    @Test
    void twoForManyFiles() {
        assertThat(DownloadPlan.lanes(200 * 8192, 200, LONG, 8)).isOne();
        assertThat(DownloadPlan.lanes(2000 * 8192, 2000, LONG, 8)).isEqualTo(2);
        assertThat(DownloadPlan.lanes(2000 * 8192, 2000, SHORT, 8)).isEqualTo(2);
    }

    @Test
    void neverMoreThanTheJobMayHave() {
        assertThat(DownloadPlan.lanes(1L << 40, 2000, LONG, 1)).isOne();
        assertThat(DownloadPlan.lanes(1L << 40, 2000, LONG, 2)).isEqualTo(2);
        assertThat(DownloadPlan.lanes(0, 0, SHORT, 1)).isOne();
    }
}
