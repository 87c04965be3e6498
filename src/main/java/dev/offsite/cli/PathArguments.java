package dev.offsite.cli;

import dev.offsite.sftp.RemotePath;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Paths as they are given on the command line. */
public final class PathArguments {

    private PathArguments() {}

    /**
     * One on the server.
     *
     * @throws CommandException if it is none
     */
    static RemotePath remote(String text) {
        try {
            return RemotePath.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.CONFIGURATION, List.of(e.getMessage()));
        }
    }

    /**
     * A local one, absolute.
     *
     * @param here what it is relative to
     * @throws CommandException if it is none
     */
    static Path local(Path here, String text) {
        try {
            if (text.isEmpty()) {
                throw new InvalidPathException(text, "it is empty");
            }
            return here.resolve(text).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new CommandException(
                    ExitCode.CONFIGURATION, List.of("'%s' is no path here: %s".formatted(text, e.getReason())));
        }
    }
}
