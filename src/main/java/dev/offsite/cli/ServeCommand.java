package dev.offsite.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jline.utils.Signals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code offsite serve}: runs the service. */
@Command(
        name = "serve",
        description = "Polls, ships and prunes on schedule until it is stopped; transfers in flight are finished then."
                + " Follows changes of its configuration, and reads it again on SIGHUP.",
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @ParentCommand
    private Offsite offsite;

    @Override
    public Integer call() throws Exception {
        Semaphore hangUps = new Semaphore(0);
        if (!Progress.terminal()) {
            // On a terminal, SIGHUP means that the terminal is gone and must end us.
            Signals.register("HUP", hangUps::release);
        }
        Path file = offsite.configFile();
        FileChangeWatcher changes = new FileChangeWatcher(file);
        ServiceSetup setup = ServiceSetup.read(file);
        StateLock lock = StateLock.take(setup.configuration().state(), "serve");
        ServiceSupervisor supervisor = new ServiceSupervisor(file, setup, changes, hangUps, INTERVAL);
        supervisor.start();
        Thread hook = new Thread(() -> stop(supervisor, lock), "offsite-stop");
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

    private static void stop(ServiceSupervisor supervisor, StateLock lock) {
        LOG.info("stopping; transfers in flight are finished");
        supervisor.stop();
        lock.close();
        LOG.info("stopped");
        // A requested stop is no failure; without this the exit code would be the signal's.
        Runtime.getRuntime().halt(ExitCode.OK);
    }
}
