package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryReportTest {

    @Test
    void findsThePeakInLinuxsStatusOfAProcess() {
        assertThat(MemoryReport.peak(
                        List.of("Name:\tjava", "VmPeak:\t 9999999 kB", "VmHWM:\t  146432 kB", "VmRSS:\t 100 kB")))
                .isEqualTo("peak memory 143.0 MiB, ");
    }

    @Test
    void saysNothingOfItWhereTheSystemDoesNot() {
        assertThat(MemoryReport.peak(List.of())).isEmpty();
    }

    @Test
    void theCpuIsNeverMissing() {
        assertThat(MemoryReport.line()).matches("(peak memory \\S+ \\S+, )?\\d+\\.\\d s of CPU");
    }
}
