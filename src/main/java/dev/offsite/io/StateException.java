package dev.offsite.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;

/** A file of the state folder is damaged or cannot be written. The message says which, and what to do, in one line. */
public final class StateException extends UncheckedIOException {

    private static final long serialVersionUID = 1L;

    private StateException(String message, Throwable reason) {
        // Users see the message of the deepest cause.
        super(message, new IOException(message));
        if (reason != null) {
            addSuppressed(reason);
        }
    }

    /** The file cannot be read as what it should be. */
    public static StateException damaged(Object file, String why, Throwable reason) {
        return of(
                ("the state file %s is damaged (%s); move it away: no backup is lost, and the next ship, scrub and drill "
                                + "find out again what it said")
                        .formatted(file, why),
                reason);
    }

    public static StateException unreadable(Object file, IOException reason) {
        if (reason instanceof AccessDeniedException) {
            return of(
                    ("the state file %s cannot be read: permission denied. All of the state must belong to the user who runs"
                                    + " Offsite: run this as that user, or put it right there with chown -R")
                            .formatted(file),
                    reason);
        }
        return reason instanceof java.nio.charset.CharacterCodingException
                ? damaged(file, "it is not UTF-8", reason)
                : damaged(file, why(reason), reason);
    }

    public static StateException unwritable(Object file, IOException reason) {
        String why = why(reason);
        String cure = why.contains("space") || why.contains("quota") ? "; make room there" : "";
        return of("the state folder cannot be written: %s: %s%s".formatted(file, why, cure), reason);
    }

    /** With a message that is already complete. */
    public static StateException of(String message, Throwable reason) {
        return new StateException(Text.line(message), reason);
    }

    /** The reason without the name of the file. */
    public static String why(IOException reason) {
        if (reason instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (reason instanceof FileAlreadyExistsException) {
            return "there is a file with its name";
        }
        if (reason instanceof FileSystemException file) {
            return file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
        }
        return String.valueOf(reason.getMessage());
    }
}
