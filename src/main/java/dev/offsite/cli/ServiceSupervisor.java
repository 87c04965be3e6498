package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Setting;
import dev.offsite.metrics.HttpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the service when its files change: each change makes a new context, which takes over when the old one has
 * finished its transfers in flight. A broken configuration changes nothing.
 */
public final class ServiceSupervisor {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Between two looks at the files. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Path file;
    private final FileChangeWatcher changes;
    /** A permit for each SIGHUP. */
    private final Semaphore hangUps = new Semaphore(0);

    private StateLock lock;
    private Setup setup;
    private volatile CamelApplication routes;
    private volatile boolean stopping;

    /** Follows the changes of the file from now on. */
    ServiceSupervisor(Path file) {
        this.file = file;
        this.changes = new FileChangeWatcher(file);
    }

    /** Everything that the routes are made from; equal setups make equal routes. */
    private record Setup(Configuration configuration, RouteFiles files) {
        static Setup read(Path file) {
            Configuration configuration = Configuration.load(file);
            refuseCommandsOfPolls(configuration);
            return new Setup(configuration, configuration.routeFiles());
        }

        CamelApplication build() {
            return CamelApplication.build(configuration, files, true);
        }
    }

    /** What a command before each poll would mean, nobody can want: a dump each minute. */
    private static void refuseCommandsOfPolls(Configuration configuration) {
        List<String> problems = configuration.jobs().stream()
                .filter(job -> configuration.resolved(job, Setting.SCHEDULE).isEmpty())
                .flatMap(job -> Stream.of(Setting.BEFORE_COMMAND, Setting.AFTER_COMMAND, Setting.FAILURE_COMMAND)
                        .filter(command -> !configuration.resolved(job, command).isEmpty())
                        .map(command ->
                                "%s: %s: in the service, it runs once for each run of a schedule; set %s, or run"
                                                .formatted(
                                                        configuration.file(),
                                                        configuration.values().containsKey(command.jobKey(job))
                                                                ? command.jobKey(job)
                                                                : command.globalKey(),
                                                        Setting.SCHEDULE.jobKey(job))
                                        + " offsite ship from cron instead of the service"))
                .toList();
        if (!problems.isEmpty()) {
            throw new CommandException(String.join("\n", problems));
        }
    }

    /** Reads the configuration again soon. */
    void hangUp() {
        hangUps.release();
    }

    /** Fails with {@link CommandException} if the configuration or a route file is broken, or another run is active */
    synchronized void start() {
        setup = Setup.read(file);
        lock = StateLock.take(setup.configuration().state(), "serve");
        serve(setup, setup.build());
    }

    private void serve(Setup next, CamelApplication built) {
        built.start();
        setup = next;
        routes = built;
        LOG.info("serving {}", String.join(", ", next.configuration().jobs()));
    }

    /** Applies changes; throws when nothing can run any more, and never returns otherwise. */
    void follow() throws InterruptedException {
        while (true) {
            if (hangUps.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
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
        Setup next;
        CamelApplication built;
        try {
            next = Setup.read(file);
            if (next.equals(setup) && !always) {
                LOG.info("nothing to apply: what runs is the same");
                return;
            }
            checkState(next.configuration());
            checkPort(next.configuration());
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
            throw new CommandException("%s: %s: a change (here from %s to %s) needs a restart"
                    .formatted(file, Setting.STATE.globalKey(), state, next.state()));
        }
    }

    /** While the old context may still have its own. */
    private void checkPort(Configuration next) {
        Optional<Integer> now = HttpSettings.of(setup.configuration()).map(HttpAddress::port);
        HttpSettings.of(next)
                .filter(address -> !now.equals(Optional.of(address.port())))
                .ifPresent(HttpSettings::checkFree);
    }

    /** Only one context can have the ledger open, so the old one ends before the new one starts. */
    private void replace(Setup next, CamelApplication built) {
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
        lock.close();
    }
}
