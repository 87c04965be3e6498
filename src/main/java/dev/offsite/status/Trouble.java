package dev.offsite.status;

import java.time.Instant;
import java.util.Locale;

/**
 * Something that is wrong with a job now, and that somebody must see to.
 *
 * @param subject what tells it from another trouble of the same kind, such as the verb that failed; may be empty
 * @param since when it began, as far as is known
 * @param text what is wrong, in one line
 * @param command what to run about it; empty if there is no command
 */
public record Trouble(String job, Kind kind, String subject, Instant since, String text, String command) {

    /** In the words of the events that tell of them. */
    public enum Kind {
        /** The last run of a verb failed. */
        FAILED,
        /** No copy was verified for longer than {@code max-age}. */
        STALE,
        /** Copies are missing or damaged on the server. */
        DAMAGED,
        /** Pruning is held back until a person decides. */
        REFUSED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The same for as long as the trouble goes on. */
    public String key() {
        return subject.isEmpty() ? kind.word() : kind.word() + " " + subject;
    }
}
