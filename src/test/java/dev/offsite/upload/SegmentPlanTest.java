package dev.offsite.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.sftp.LinkQuality;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentPlanTest {

    @ParameterizedTest
    @CsvSource({
        // MiB, round trip in ms, parallel
        "64,     10, 2, true",
        "64,     50, 8, true",
        "102400, 50, 4, true",
        // One connection has more in it than such a file.
        "63,     50, 8, false",
        "0,      50, 8, false",
        // Loopback and the local network: only in large writes.
        "64,     0,  8, large",
        "102400, 9,  2, large",
        "63,     0,  8, false",
        // There is only one connection to have.
        "102400, 50, 1, false",
        "102400, 0,  1, false",
    })
    void onlyALargeFileGoesOverSeveralConnections(long mebibytes, long millis, int parallel, String expected) {
        assertThat(SegmentPlan.worthwhile(mebibytes << 20, link(millis, false), parallel))
                .isEqualTo(expected.equals("true"));
        assertThat(SegmentPlan.worthwhile(mebibytes << 20, link(millis, true), parallel))
                .isEqualTo(!expected.equals("false"));
    }

    private static LinkQuality link(long millis, boolean largeWrites) {
        return new LinkQuality(Duration.ofMillis(millis), largeWrites, false);
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
    void allUploadsTogetherHaveNoMoreConnectionsThanTheJobMay(int parallel, int uploads, int lanes) {
        assertThat(SegmentPlan.lanes(SegmentPlan.LARGE, parallel, link(10, true), uploads))
                .isEqualTo(lanes);
        assertThat(lanes * Math.min(uploads, parallel)).isLessThanOrEqualTo(parallel);
    }

    @ParameterizedTest
    @CsvSource({"8, 1, 3", "2, 1, 2", "8, 2, 1", "8, 3, 1", "8, 20, 1"})
    void onAShortLinkAFewKeepBothEndsBusy(int parallel, int uploads, int lanes) {
        assertThat(SegmentPlan.lanes(SegmentPlan.LARGE, parallel, link(9, true), uploads))
                .isEqualTo(lanes);
    }

    @ParameterizedTest
    @CsvSource({
        // MiB, round trip in ms, large writes
        "64, 50, false, 8",
        "64, 50, true,  8",
        "64, 0,  true,  3",
        "64, 0,  false, 1",
        "63, 50, true,  1",
    })
    void aFileOfItsOwnHasThoseThatAreWorthIt(long mebibytes, long millis, boolean largeWrites, int lanes) {
        assertThat(SegmentPlan.lanes(mebibytes << 20, 8, link(millis, largeWrites)))
                .isEqualTo(lanes);
    }
}
