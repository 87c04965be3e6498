package dev.offsite.drill;

import dev.offsite.io.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * The result of a drill.
 *
 * @param folder name of the chosen dated folder; empty if there was none
 * @param files number of restored and verified files
 * @param problem why it failed, in one line; empty if it did not
 */
public record DrillResult(String job, Instant at, String folder, int files, long bytes, String problem) {

    private static final String NONE = "-";

    /** Whether all chosen files were restored and the command succeeded. */
    public boolean succeeded() {
        return problem.isEmpty();
    }

    /** One line for people. */
    public String summary() {
        return succeeded()
                ? "%s: drill passed: %d %s of %s restored and verified (%s)"
                        .formatted(job, files, files == 1 ? "file" : "files", folder, Text.size(bytes))
                : "%s: drill FAILED%s: %s".formatted(job, folder.isEmpty() ? "" : " on " + folder, problem);
    }

    String format() {
        return "%s %s %d %d %s"
                .formatted(at, folder.isEmpty() ? NONE : folder.replace(' ', '_'), files, bytes, problem)
                .strip();
    }

    /** Parses the line in the state folder; empty if it is invalid. */
    static Optional<DrillResult> parse(String job, String line) {
        String[] parts = line.split(" ", 5);
        try {
            return Optional.of(new DrillResult(
                    job,
                    Instant.parse(parts[0]),
                    parts[1].equals(NONE) ? "" : parts[1],
                    Integer.parseInt(parts[2]),
                    Long.parseLong(parts[3]),
                    parts.length < 5 ? "" : parts[4]));
        } catch (DateTimeException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
