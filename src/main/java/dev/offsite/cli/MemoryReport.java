package dev.offsite.cli;

import dev.offsite.io.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What this process has taken of the machine so far. */
public final class MemoryReport {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    private MemoryReport() {}

    /** In words: the peak resident memory, where the system tells it, and the seconds of CPU. */
    static String line() {
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return peak(status()) + Text.seconds(cpu.toNanos()) + " s of CPU";
    }

    private static List<String> status() {
        try {
            return Files.readAllLines(STATUS);
        } catch (IOException e) {
            // Only Linux has it.
            return List.of();
        }
    }

    /** From the lines of Linux's status of a process, which has it in KiB; empty without such a line. */
    static String peak(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(PEAK))
                .map(line -> line.replaceAll("\\D", ""))
                .map(kib -> "peak memory " + Text.size(Long.parseLong(kib) * 1024) + ", ")
                .findFirst()
                .orElse("");
    }
}
