package dev.offsite.command;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code offsite serve}: the service. */
@Command(
        name = "serve",
        description = "Polls, ships and prunes on schedule until it is stopped; transfers in flight are finished then.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    @ParentCommand
    private Offsite offsite;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = offsite.configuration();
        StateLock lock = StateLock.take(configuration.state(), "serve");
        Routes routes = Routes.start(configuration, true);
        LOG.info("serving {}", String.join(", ", configuration.jobs()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(routes, lock), "offsite-stop"));
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    private static void stop(Routes routes, StateLock lock) {
        LOG.info("stopping; transfers in flight are finished");
        routes.runs().stopStarting();
        routes.close();
        lock.close();
        LOG.info("stopped");
        // A stop that was asked for is no failure; without this the exit code would be the signal's.
        Runtime.getRuntime().halt(ExitCode.OK);
    }
}
