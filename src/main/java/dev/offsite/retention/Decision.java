package dev.offsite.retention;

import java.util.List;

/**
 * What a plan does with one entry of a job's root.
 *
 * @param reasons every rule that keeps it, or why it is removed or left alone; at least one
 */
public record Decision(String folder, Action action, List<String> reasons) {

    public enum Action {
        /** A rule of the policy keeps it. */
        KEEP("kept"),
        /** It counts as a backup, but no rule keeps it. */
        REMOVE("removed"),
        /** It does not count as a backup, so the policy ignores it. */
        LEAVE("left alone");

        private final String word;

        Action(String word) {
            this.word = word;
        }
    }

    public boolean remove() {
        return action == Action.REMOVE;
    }

    /** One line for people: {@code kept: …}, {@code removed: …} or {@code left alone: …}. */
    public String reason() {
        return action.word + ": " + String.join(", ", reasons);
    }
}
