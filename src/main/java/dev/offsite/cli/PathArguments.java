package dev.offsite.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Parses paths on the command line. */
public final class PathArguments {

    private PathArguments() {}

    /** Fails with {@link CommandException} if it is not a valid path on a server */
    static RemotePlace remote(String text) {
        try {
            return RemotePlace.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage());
        }
    }

    /** Fails with {@link CommandException} if it is not a valid local path */
    static Path local(Path here, String text) {
        try {
            if (text.isEmpty()) {
                throw new InvalidPathException(text, "it is empty");
            }
            return here.resolve(text).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new CommandException("'%s' is no path here: %s".formatted(text, e.getReason()));
        }
    }
}
