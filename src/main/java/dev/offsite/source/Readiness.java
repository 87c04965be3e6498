package dev.offsite.source;

import dev.offsite.job.Job;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * When a file counts as finished: when it was not changed for a while. Of what a command before the run wrote, its end says so,
 * and what was written while such a command failed is not finished at all.
 *
 * @param ready how long a file must be unchanged
 * @param written when the command before this run ran, if it succeeded
 * @param unsure files that were being written when it began, most likely by something else
 * @param failed when such commands failed, if files of that time are still here
 */
public record Readiness(Duration ready, Optional<Window> written, Set<File> unsure, List<Window> failed) {

    /** From the begin to the end of a command. */
    public record Window(Instant begin, Instant end) {

        /** File systems round times down, some of them to two seconds. */
        private static final Duration ROUNDING = Duration.ofSeconds(2);

        /** Whether a file that was last changed then may have been written by the command. */
        public boolean has(long modified) {
            return modified >= begin.minus(ROUNDING).toEpochMilli() && modified <= end.toEpochMilli();
        }
    }

    /** Without any command. */
    public static Readiness of(Duration ready) {
        return new Readiness(ready, Optional.empty(), Set.of(), List.of());
    }

    /** Without any command. */
    public static Readiness of(Job job) {
        return of(job.ready());
    }

    /** Whether the file's contents are complete, as far as its time of last change says. */
    public boolean isFinished(File file, long modified, long now) {
        return reason(modified).isEmpty() && (isWritten(file, modified) || modified + ready.toMillis() <= now);
    }

    /** Whether the command before this run has written and finished it. */
    public boolean isWritten(File file, long modified) {
        return written.filter(window -> window.has(modified)).isPresent() && !unsure.contains(file);
    }

    private static String time(Instant instant) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
                .withZone(ZoneId.systemDefault())
                .format(instant);
    }

    /** Why a file that was last changed then is not shipped, however long ago that was; empty if it may be. */
    public Optional<String> reason(long modified) {
        return failed.stream()
                .filter(window -> window.has(modified))
                .findFirst()
                .map(window -> ("it was written while"
                                + " before-command failed (%s), and may be incomplete; write it again, delete it, or touch it"
                                + " if it is good")
                        .formatted(time(window.end())));
    }
}
