package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routes of the service in step with what is written: each change makes a context of its own, which takes over
 * from the one before when that has finished its transfers in flight. What is broken changes nothing.
 */
public final class ServiceSupervisor {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Path file;
    private final Semaphore hangUps;
    private final Duration interval;
    private final FileChangeWatcher changes;
    private ServiceSetup setup;
    private volatile CamelApplication routes;
    private volatile boolean stopping;

    /**
     * @param file the configuration
     * @param setup what is to run
     * @param changes since that was read
     * @param hangUps a permit for each SIGHUP
     * @param interval how long to wait between two looks at the files
     */
    ServiceSupervisor(Path file, ServiceSetup setup, FileChangeWatcher changes, Semaphore hangUps, Duration interval) {
        this.file = file;
        this.setup = setup;
        this.changes = changes;
        this.hangUps = hangUps;
        this.interval = interval;
    }

    /**
     * Starts to serve.
     *
     * @throws CommandException if a route file is broken
     */
    synchronized void start() {
        serve(setup, setup.build());
    }

    private void serve(ServiceSetup next, CamelApplication built) {
        built.start();
        setup = next;
        routes = built;
        LOG.info("serving {}", String.join(", ", next.configuration().jobs()));
    }

    /** Follows changes; returns only by an exception, when nothing can be served any more. */
    void follow() throws InterruptedException {
        while (true) {
            if (hangUps.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                hangUps.drainPermits();
                changes.forget();
                LOG.info("SIGHUP: the configuration is read again");
                reload(true);
                continue;
            }
            List<String> changed = changes.look();
            if (!changed.isEmpty()) {
                LOG.info("changed: {}", Text.line(String.join(", ", changed)));
                reload(false);
            }
        }
    }

    /**
     * Applies what is written now, or says why not.
     *
     * @param always also where it is what runs already: key files may have changed
     */
    private synchronized void reload(boolean always) {
        ServiceSetup next;
        CamelApplication built;
        try {
            next = ServiceSetup.read(file);
            if (next.equals(setup) && !always) {
                LOG.info("nothing to apply: what runs is the same");
                return;
            }
            checkState(next.configuration());
            built = next.build();
        } catch (CommandException e) {
            LOG.error("refused; what ran before goes on running");
            e.getMessage().lines().forEach(LOG::error);
            return;
        }
        replace(next, built);
    }

    private void checkState(Configuration next) {
        Path state = setup.configuration().state();
        if (!next.state().equals(state)) {
            throw new CommandException(
                    ExitCode.CONFIGURATION,
                    List.of("%s: %s: a change (here from %s to %s) needs a restart"
                            .formatted(file, Setting.STATE.globalKey(), state, next.state())));
        }
    }

    /** Two contexts cannot have the ledger open, so the old one ends before the new one starts. */
    private void replace(ServiceSetup next, CamelApplication built) {
        LOG.info("accepted; transfers in flight are finished first");
        close();
        if (stopping) {
            return;
        }
        try {
            serve(next, built);
            LOG.info("applied");
        } catch (RuntimeException e) {
            if (stopping) {
                return;
            }
            LOG.error("not applied, for it does not start: {}", Failures.line(e));
            LOG.error("what ran before is started again");
            serve(setup, setup.build());
        }
    }

    private synchronized void close() {
        if (routes != null) {
            routes.services().runs().stopStarting();
            routes.close();
            routes = null;
        }
    }

    /** Ends, when the transfers in flight have ended; also in the middle of a change. */
    void stop() {
        stopping = true;
        CamelApplication now = routes;
        if (now != null) {
            now.services().runs().stopStarting();
        }
        close();
    }
}
