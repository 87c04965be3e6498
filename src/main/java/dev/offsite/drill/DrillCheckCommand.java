package dev.offsite.drill;

import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.Text;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the user's own check on the restored files of a drill. */
public final class DrillCheckCommand {

    /** How much of the end of the command's output is read. */
    private static final int MOST_SAID = 4096;

    static final Duration DEADLINE = Duration.ofHours(1);

    private DrillCheckCommand() {}

    /**
     * Runs {@code sh -c <command>} in that folder, with the files as {@code "$@"}.
     *
     * @param said a file outside the folder for the command's output
     * @return why it failed, in one line; empty if it exited with 0
     */
    static Optional<String> run(
            String command, String job, Path folder, List<SnapshotFile> files, Path said, Duration deadline)
            throws IOException {
        List<String> line = new ArrayList<>(List.of("sh", "-c", command, "offsite-drill"));
        // A file name must not be taken for an option.
        files.forEach(item -> line.add("./" + item.name()));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("OFFSITE_JOB", job);
        Process process = builder.start();
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.of(
                        "the command did not end within %d minutes%s".formatted(deadline.toMinutes(), last(said)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the drill's command ran");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return process.exitValue() == 0
                ? Optional.empty()
                : Optional.of("the command exited with %d%s".formatted(process.exitValue(), last(said)));
    }

    private static String last(Path said) throws IOException {
        byte[] end;
        try (var file = Files.newByteChannel(said)) {
            file.position(Math.max(0, file.size() - MOST_SAID));
            end = java.nio.channels.Channels.newInputStream(file).readNBytes(MOST_SAID);
        }
        return new String(end, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second)
                .map(line -> ": " + Text.line(line.strip()))
                .orElse("");
    }
}
