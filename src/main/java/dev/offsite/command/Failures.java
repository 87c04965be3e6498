package dev.offsite.command;

import dev.offsite.transfer.Text;

/** Failures that no other class explains, in one line. */
final class Failures {

    private Failures() {}

    /** The message of the deepest cause, for it names the thing. */
    static String line(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return Text.line(message.strip());
    }
}
