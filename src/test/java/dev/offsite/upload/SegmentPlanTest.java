package dev.offsite.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.sftp.LinkQuality;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentPlanTest {

    private static LinkQuality link(long millis, boolean largeWrites) {
        return new LinkQuality(Duration.ofMillis(millis), largeWrites, false);
    }

    @ParameterizedTest
    @CsvSource({
        // MiB, round trip in ms, large writes, parallel, first, most
        "64,     50,  true,  8, 7, 8",
        "102400, 50,  false, 4, 4, 4",
        "102400, 10,  true,  8, 2, 8",
        "102400, 200, true,  8, 8, 8",
        // One connection has more in it than such a file.
        "63,     50,  true,  8, 1, 1",
        "0,      50,  true,  8, 1, 1",
        // Loopback and the local network: at once only in large writes.
        "64,     0,   true,  8, 3, 3",
        "102400, 4,   true,  2, 2, 2",
        "64,     0,   false, 8, 1, 3",
        // There is only one connection to have.
        "102400, 50,  true,  1, 1, 1",
        "102400, 0,   true,  1, 1, 1",
    })
    void aLargeFileGoesOverAsManyAsTheLinkIsLong(
            long mebibytes, long millis, boolean largeWrites, int parallel, int first, int most) {
        long size = mebibytes << 20;

        assertThat(SegmentPlan.of(size, parallel, link(millis, largeWrites), 1))
                .isEqualTo(new SegmentPlan(first, most, size));
    }

    @ParameterizedTest
    @CsvSource({
        // parallel, uploads on their way
        "8, 1, 8",
        "8, 2, 4",
        "8, 3, 2",
        "8, 4, 2",
        "8, 5, 1",
        "8, 8, 1",
        "4, 20, 1",
        "1, 1, 1",
        "4, 0, 4",
    })
    void allUploadsTogetherHaveNoMoreConnectionsThanTheJobMay(int parallel, int uploads, int most) {
        assertThat(SegmentPlan.of(SegmentPlan.LARGE, parallel, link(10, true), uploads)
                        .most())
                .isEqualTo(most);
        assertThat(most * Math.min(uploads, parallel)).isLessThanOrEqualTo(parallel);
    }

    @ParameterizedTest
    @CsvSource({"8, 1, 3", "2, 1, 2", "8, 2, 1", "8, 3, 1", "8, 20, 1"})
    void onAShortLinkAFewKeepBothEndsBusy(int parallel, int uploads, int most) {
        assertThat(SegmentPlan.of(SegmentPlan.LARGE, parallel, link(4, true), uploads))
                .isEqualTo(new SegmentPlan(most, most, SegmentPlan.LARGE));
    }
}
