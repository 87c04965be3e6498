package dev.offsite.cli;

import org.jline.utils.Signals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** {@code offsite serve}: runs the service. */
@Command(
        description = "Polls, ships and prunes on schedule until it is stopped; transfers in flight are finished then."
                + " Follows changes of its configuration, and reads it again on SIGHUP.")
public final class ServeCommand extends VerbCommand {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    @Override
    public Integer call() throws Exception {
        ServiceSupervisor supervisor = new ServiceSupervisor(offsite.configFile());
        if (!Progress.terminal()) {
            // On a terminal, SIGHUP means that the terminal is gone and must end us.
            Signals.register("HUP", supervisor::hangUp);
        }
        supervisor.start();
        Thread hook = new Thread(() -> stop(supervisor), "offsite-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            supervisor.follow();
        } catch (RuntimeException e) {
            // Failed, not asked to stop.
            Runtime.getRuntime().removeShutdownHook(hook);
            throw e;
        }
        return ExitCode.OK;
    }

    private static void stop(ServiceSupervisor supervisor) {
        LOG.info("stopping; transfers in flight are finished");
        supervisor.stop();
        LOG.info("stopped");
        // A requested stop is no failure; without this the exit code would be the signal's.
        Runtime.getRuntime().halt(ExitCode.OK);
    }
}
