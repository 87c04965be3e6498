package dev.offsite.download;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.sftp.LinkQuality;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DownloadPlanTest {

    private static final LinkQuality LONG = new LinkQuality(Duration.ofMillis(50), true, false);
    private static final LinkQuality SHORT = new LinkQuality(Duration.ofMillis(1), true, false);

    @Test
    void aSecondConnectionForMoreBytes() {
        assertThat(DownloadPlan.of(1 << 20, 1, LONG, 8, 8)).isEqualTo(new DownloadPlan(1, 8));
        assertThat(DownloadPlan.of(256L << 20, 1, LONG, 8, 8)).isEqualTo(new DownloadPlan(2, 8));
    }

    @Test
    void onAShortLinkNoMoreThanTheProcessorsServe() {
        assertThat(DownloadPlan.of(1L << 30, 1, SHORT, 8, 8)).isEqualTo(new DownloadPlan(3, 3));
        assertThat(DownloadPlan.of(1L << 30, 1, SHORT, 8, 4)).isEqualTo(new DownloadPlan(2, 2));
        assertThat(DownloadPlan.of(1L << 30, 1, SHORT, 8, 2)).isEqualTo(new DownloadPlan(1, 1));
        assertThat(DownloadPlan.of(1L << 30, 1, SHORT, 8, 1)).isEqualTo(new DownloadPlan(1, 1));
    }

    @Test
    void twoForManyFiles() {
        assertThat(DownloadPlan.of(200 * 8192, 200, LONG, 8, 8).first()).isOne();
        assertThat(DownloadPlan.of(2000 * 8192, 2000, LONG, 8, 8).first()).isEqualTo(2);
        assertThat(DownloadPlan.of(2000 * 8192, 2000, SHORT, 8, 2)).isEqualTo(new DownloadPlan(2, 2));
    }

    @Test
    void neverMoreThanTheJobMayHave() {
        assertThat(DownloadPlan.of(1L << 40, 2000, LONG, 1, 8)).isEqualTo(new DownloadPlan(1, 1));
        assertThat(DownloadPlan.of(1L << 40, 2000, LONG, 2, 8)).isEqualTo(new DownloadPlan(2, 2));
        assertThat(DownloadPlan.of(0, 0, SHORT, 1, 8)).isEqualTo(new DownloadPlan(1, 1));
    }
}
