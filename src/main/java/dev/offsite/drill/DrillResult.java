package dev.offsite.drill;

import dev.offsite.io.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * What came of a rehearsal.
 *
 * @param job its name
 * @param at when it ended
 * @param folder the dated folder that was chosen; empty if there was none
 * @param files how many came back and were verified
 * @param bytes of those
 * @param problem why it failed, in one line; empty if it did not
 */
public record DrillResult(String job, Instant at, String folder, int files, long bytes, String problem) {

    private static final String NONE = "-";

    /** Whether all that was chosen came back, and the command was content with it. */
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

    /** One line for the state folder. */
    String format() {
        return "%s %s %d %d %s"
                .formatted(at, folder.isEmpty() ? NONE : folder.replace(' ', '_'), files, bytes, problem)
                .strip();
    }

    /** Reads that line; empty if it is none. */
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
