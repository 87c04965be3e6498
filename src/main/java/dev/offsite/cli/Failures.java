package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import org.apache.camel.FailedToCreateRouteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Describes unexpected failures in one line. */
public final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private Failures() {}

    /** The message of the deepest cause, which is the most specific. */
    static String line(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return Text.line(message.strip());
    }

    /** Why routes cannot be built, with the file or route if Camel names it. */
    static String ofRoutes(Throwable failure) {
        String where = "";
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException route) {
                String file = route.getLocation() == null ? "" : " in " + route.getLocation();
                where = "route %s%s: ".formatted(route.getRouteId(), file);
            }
            root = cause;
        }
        if (root instanceof ClassNotFoundException) {
            where += "there is no class ";
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        // Camel's parser describes the position in several lines.
        return Text.line("routes: " + where + message.strip().replaceAll("\\s+(\\^(\\s+|$))?", " "));
    }

    /** Prints to stderr why something could not be read or restored; returns the exit code. */
    static int say(Exception failure, Job job) {
        FailureMessages known = FailureMessages.ofReading(failure, job);
        System.err.println("offsite: " + job.name() + ": " + known.message());
        LOG.debug("{}", job.name(), failure);
        return known.target() ? ExitCode.TARGET : ExitCode.FAILED;
    }
}
