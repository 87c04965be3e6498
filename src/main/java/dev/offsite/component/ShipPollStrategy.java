package dev.offsite.component;

import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.ship.AfterCommit;
import dev.offsite.ship.CommittedFiles;
import dev.offsite.ship.RunCommands;
import dev.offsite.ship.ShipRun;
import dev.offsite.source.IncludeExclude;
import dev.offsite.source.SourceScan;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.RouteAware;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.ScheduledBatchPollingConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides when the {@code file:} consumers may poll, and which run the files of a poll belong to. */
public final class ShipPollStrategy implements PollingConsumerPollStrategy {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /**
     * Files in the first poll of a run. A poll ships nothing until it has found all its files, so a small one starts
     * uploads early, while the next poll looks for more.
     */
    private static final int FIRST = 256;

    private static final Duration CHECK_AGAIN = Duration.ofHours(1);

    private final Map<String, Long> checked = new ConcurrentHashMap<>();
    private final Set<String> settled = ConcurrentHashMap.newKeySet();
    private OffsiteComponent component;

    public void setComponent(OffsiteComponent component) {
        this.component = component;
    }

    private OffsiteServices services() {
        return component.services();
    }

    @Override
    public synchronized boolean begin(Consumer consumer, Endpoint endpoint) {
        Job job = services().jobs().get(name(consumer));
        FileEndpoint source = (FileEndpoint) endpoint;
        if (services().runs().stopping()) {
            return false;
        }
        ShipRun run = services().runs().current(job.name());
        int most = source.getMaxMessagesPerPoll();
        if (run == null) {
            most = most > 0 ? Math.min(most, FIRST) : FIRST;
            if (component.isService()
                    && (!mayBegin(job, source)
                            || !hasSource(job)
                            || !isAccepted(job)
                            || pauses(job, source)
                            || !recovered(job))) {
                return false;
            }
            if (component.isService()) {
                checkSelection(job, source);
            }
            source.setIdempotentKey(ledgerKey(job));
            run = services().runs().begin(job, (Runnable) consumer);
        } else if (!run.intake().begin()) {
            // The last poll's files are still being shipped; the next poll finds new ones.
            return false;
        }
        ((ScheduledBatchPollingConsumer) consumer).setMaxMessagesPerPoll(most);
        ((DefaultConsumer) consumer).setExceptionHandler(new PollFailures(job.name()));
        GenericFileFilter<File> filter = source.getFilter();
        boolean shared = services().cluster().isShared();
        ((FinishedFileFilter) filter).poll(run, component.isService(), shared ? IncludeExclude.of(source) : null);
        return true;
    }

    /** A job whose source is missing fails alone, and goes on when it is there. */
    private boolean hasSource(Job job) {
        Optional<String> problem = services().sources().folder(job);
        problem.ifPresent(text -> services().completion().refused(job, new IOException(text)));
        return problem.isEmpty();
    }

    /** A job whose recipients have changed waits until a person accepts them. */
    private boolean isAccepted(Job job) {
        Optional<String> problem = services().recipients().fault(job);
        problem.ifPresent(text -> services().completion().refused(job, new IOException(text)));
        return problem.isEmpty();
    }

    /** With commands around its runs, only a run that the schedule has begun. */
    private boolean mayBegin(Job job, FileEndpoint source) {
        if (!services().commands().has(job.name()) || services().commands().isRunning(job.name())) {
            return true;
        }
        if (!isScheduled(source)) {
            services().completion().refused(job, new IOException(RunCommands.NEED_SCHEDULE));
        }
        return false;
    }

    private static boolean isScheduled(FileEndpoint source) {
        Map<String, Object> scheduler = source.getSchedulerProperties();
        return scheduler != null && scheduler.containsKey("cron");
    }

    /** A run that is due by a schedule always happens. */
    private boolean pauses(Job job, FileEndpoint source) {
        return !isScheduled(source) && services().pauses().hold(job.name(), Duration.ofMillis(source.getDelay()));
    }

    /** Once an hour, since it lists the whole source. */
    private void checkSelection(Job job, FileEndpoint consumer) {
        long now = System.nanoTime();
        Long last = checked.get(job.name());
        if (last != null && now - last < CHECK_AGAIN.toNanos()) {
            return;
        }
        checked.put(job.name(), now);
        try {
            SourceScan scan = SourceScan.of(services().context(), job, file -> false);
            services()
                    .sources()
                    .selection(job, consumer, scan, taken -> services().ledger().knows(job, taken))
                    .ifPresent(problem -> services().completion().refused(job, new IOException(problem)));
        } catch (IOException e) {
            services().completion().refused(job, e);
        }
    }

    /** Cleans up after an earlier run that was cut off or had failures. */
    private boolean recovered(Job job) {
        Ledger ledger = services().ledger();
        try {
            if (services().recovery().needed(job.name())) {
                services().recovery().run(job.name());
                settled.remove(job.name());
                services().completion().recovered(job.name());
            }
            if (!settled.contains(job.name()) || ledger.delays(job)) {
                AfterCommit afterCommit = new AfterCommit(job, ledger);
                SourceScan left = owed(afterCommit);
                if (afterCommit.putBack(left)) {
                    left = owed(afterCommit);
                }
                afterCommit.settleCommitted(services().delayedRemoval().due(job, left.files()));
                settled.add(job.name());
            }
            return true;
        } catch (Exception e) {
            services().completion().refused(job, e);
            if (ShipRun.isTargetsFault(e, job)) {
                services().pauses().failed(job.name());
            }
            return false;
        }
    }

    private SourceScan owed(AfterCommit after) throws IOException {
        // In a cluster, the poll that follows asks for each of them.
        CommittedFiles committed = new CommittedFiles(after.job(), after.ledger());
        return SourceScan.of(services().context(), after.job(), committed.ahead(), after::owes, null);
    }

    @Override
    public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
        boolean full = polledMessages >= ((ScheduledBatchPollingConsumer) consumer).getMaxMessagesPerPoll();
        GenericFileFilter<File> filter = ((FileEndpoint) endpoint).getFilter();
        boolean more = ((FinishedFileFilter) filter).leavesMore(full);
        ShipRun run = services().runs().current(name(consumer));
        run.intake().polled(more, ((FileEndpoint) endpoint).getMaxMessagesPerPoll());
        // All of its files may wait already.
        services().commits().wake(run.job().target());
    }

    @Override
    public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
        cut(name(consumer), cause);
        return false;
    }

    private void cut(String job, Throwable cause) {
        services().completion().unreadable(job, cause);
        services().runs().cut(job, cause);
    }

    /** Hears of what Camel would log with its stack trace and forget: an Error in a poll reaches no strategy. */
    private final class PollFailures implements ExceptionHandler {
        private final String job;

        PollFailures(String job) {
            this.job = job;
        }

        @Override
        public void handleException(Throwable exception) {
            handleException(null, null, exception);
        }

        @Override
        public void handleException(String message, Throwable exception) {
            handleException(message, null, exception);
        }

        @Override
        public void handleException(String message, Exchange exchange, Throwable exception) {
            LOG.debug("{}: {}", job, message, exception);
            ShipRun run = services().runs().current(job);
            if (run != null && exchange == null && run.intake().isPolling()) {
                cut(job, exception);
            } else if (exchange != null) {
                LOG.error(
                        "{}: {}",
                        job,
                        FailureMessages.of(exception, services().jobs().get(job))
                                .message());
            }
        }
    }

    private static String name(Consumer consumer) {
        return ((RouteAware) consumer).getRoute().getRouteId();
    }

    /**
     * The idempotent key of a polled file, {@link Ledger#key}. In Java, because each poll computes it for every file,
     * and Simple, the only language that a URI allows, takes a fraction of a millisecond each time.
     */
    private static ExpressionAdapter ledgerKey(Job job) {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                GenericFile<?> file = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class);
                return Ledger.key(job, (File) file.getFile(), file.getLastModified(), file.getFileLength());
            }
        };
    }
}
