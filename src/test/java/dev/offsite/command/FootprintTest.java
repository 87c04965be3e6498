package dev.offsite.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FootprintTest {

    @Test
    void findsThePeakInLinuxsStatusOfAProcess() {
        assertThat(Footprint.peak(
                        List.of("Name:\tjava", "VmPeak:\t 9999999 kB", "VmHWM:\t  146432 kB", "VmRSS:\t 100 kB")))
                .isEqualTo("peak memory 143.0 MiB, ");
    }

    @Test
    void saysNothingOfItWhereTheSystemDoesNot() {
        assertThat(Footprint.peak(List.of())).isEmpty();
    }

    @Test
    void theCpuIsNeverMissing() {
        assertThat(Footprint.line()).matches("(peak memory \\S+ \\S+, )?\\d+\\.\\d s of CPU");
    }
}
