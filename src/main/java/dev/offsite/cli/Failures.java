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

    /** The message of the deepest cause. */
    static String line(Throwable failure) {
        return Text.reason(Text.root(failure));
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
        // Camel's parser describes the position in several lines.
        return Text.line("routes: " + where + Text.reason(root).replaceAll("\\s+(\\^(\\s+|$))?", " "));
    }

    /** Prints to stderr why something could not be read or restored; returns the exit code. */
    static int say(Exception failure, Job job) {
        int exitCode = say(FailureMessages.ofReading(failure, job), job);
        LOG.debug("{}", job.name(), failure);
        return exitCode;
    }

    static int say(FailureMessages problem, Job job) {
        say(job.name() + ": " + problem.message());
        return ExitCode.of(problem);
    }

    static void say(String line) {
        System.err.println("offsite: " + line);
    }
}
