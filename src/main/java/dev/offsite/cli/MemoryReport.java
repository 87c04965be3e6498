package dev.offsite.cli;

import dev.offsite.io.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What this process has used of the machine so far. */
public final class MemoryReport {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    private MemoryReport() {}

    /** In words: peak resident memory, if known, and seconds of CPU. */
    static String line() {
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return peak(status()) + Text.seconds(cpu.toNanos()) + " s of CPU";
    }

    private static List<String> status() {
        try {
            return Files.readAllLines(STATUS);
        } catch (IOException e) {
            // Only Linux has /proc.
            return List.of();
        }
    }

    /** Parses Linux's /proc status, which is in KiB; empty if the line is missing. */
    static String peak(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(PEAK))
                .map(line -> line.replaceAll("\\D", ""))
                .map(kib -> "peak memory " + Text.size(Long.parseLong(kib) * 1024) + ", ")
                .findFirst()
                .orElse("");
    }
}
