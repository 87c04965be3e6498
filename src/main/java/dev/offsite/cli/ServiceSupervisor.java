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
 * Reloads the service when its files change: each change makes a new context, which takes over when the old one has
 * finished its transfers in flight. A broken configuration changes nothing.
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
     * @param changes since {@code setup} was read
     * @param hangUps a permit for each SIGHUP
     * @param interval between two looks at the files
     */
    ServiceSupervisor(Path file, ServiceSetup setup, FileChangeWatcher changes, Semaphore hangUps, Duration interval) {
        this.file = file;
        this.setup = setup;
        this.changes = changes;
        this.hangUps = hangUps;
        this.interval = interval;
    }

    /** Fails with {@link CommandException} if a route file is broken */
    synchronized void start() {
        serve(setup, setup.build());
    }

    private void serve(ServiceSetup next, CamelApplication built) {
        built.start();
        setup = next;
        routes = built;
        LOG.info("serving {}", String.join(", ", next.configuration().jobs()));
    }

    /** Applies changes; throws when nothing can run any more, and never returns otherwise. */
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

    /** Applies the files or logs why not. {@code always} reloads an equal setup too: key files may have changed. */
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

    /** Only one context can have the ledger open, so the old one ends before the new one starts. */
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

    /** Stops when transfers in flight have ended, even during a reload. */
    void stop() {
        stopping = true;
        CamelApplication now = routes;
        if (now != null) {
            now.services().runs().stopStarting();
        }
        close();
    }
}
