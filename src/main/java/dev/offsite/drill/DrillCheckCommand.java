package dev.offsite.drill;

import dev.offsite.catalog.SnapshotFile;
import dev.offsite.command.ShellCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the user's own check on the restored files of a drill. */
public final class DrillCheckCommand {

    static final Duration DEADLINE = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private DrillCheckCommand() {}

    /**
     * Runs the line in that folder, with the files as {@code "$@"}.
     *
     * @return why it failed, in one line; empty if it exited with 0
     */
    static Optional<String> run(String line, String job, Path folder, List<SnapshotFile> files, Duration deadline)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("offsite-drill"));
        // A file name must not be taken for an option.
        files.forEach(item -> arguments.add("./" + item.shown()));
        return new ShellCommand(
                        line,
                        arguments,
                        folder,
                        Map.of("OFFSITE_JOB", job),
                        deadline,
                        said -> LOG.info("{}: drill-command: {}", job, said))
                .run(process -> {})
                .map(reason -> "the command " + reason);
    }
}
