package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkQualityTest {

    @ParameterizedTest
    @CsvSource({"0, 524288", "4, 524288", "5, 4194304", "200, 4194304"})
    void moreIsOnItsWayOverALongLink(long millis, long window) {
        assertThat(new LinkQuality(Duration.ofMillis(millis), false, false).window())
                .isEqualTo(window);
    }

    @Test
    void aLinkNobodyHasLookedAtCountsAsShort() {
        assertThat(LinkQuality.UNKNOWN.isLong()).isFalse();
        assertThat(LinkQuality.UNKNOWN.largeWrites()).isFalse();
    }
}
