package dev.offsite.retention;

import java.util.List;

/**
 * What becomes of one entry of a job's root.
 *
 * @param folder its name
 * @param action what is done
 * @param reasons why: every rule that keeps it, or why it goes or is left alone; at least one
 */
public record Decision(String folder, Action action, List<String> reasons) {

    /** What a plan does with an entry. */
    public enum Action {
        /** A rule of the policy wants it. */
        KEEP("kept"),
        /** It counts as a backup and no rule wants it. */
        REMOVE("removed"),
        /** It does not count as a backup, and is none of the policy's business. */
        LEAVE("left alone");

        private final String word;

        Action(String word) {
            this.word = word;
        }
    }

    /** Whether it is to go; otherwise it stays as it is. */
    public boolean remove() {
        return action == Action.REMOVE;
    }

    /** In one line for people: {@code kept: …}, {@code removed: …} or {@code left alone: …}. */
    public String reason() {
        return action.word + ": " + String.join(", ", reasons);
    }
}
