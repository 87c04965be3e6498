package dev.offsite.ship;

import dev.offsite.component.OffsiteConstants;
import dev.offsite.component.ShipPollStrategy;
import dev.offsite.io.Clocks;
import dev.offsite.job.DatedBy;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.ledger.Ledger;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.ChangedFileException;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.upload.SegmentPlan;
import dev.offsite.upload.SmallFileBatch;
import dev.offsite.verify.Verifier;
import java.io.File;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Ordered;
import org.apache.camel.Processor;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of all jobs: as first step of the ship route it takes in their files. A run may take several polls ({@link
 * ShipPollStrategy}); when its last file is done, it is ended ({@link ShipCompletion}).
 */
public final class ActiveRuns extends ServiceSupport implements Processor, CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final String UPLOAD = "offsite-upload";

    private final Jobs jobs;
    private final TargetConnections connections;
    private final Ledger ledger;
    private final JobStatus statuses;
    private final DatedFolderLocks folders;
    private final ShipCompletion ends;
    private final Verifier verifier;
    private final boolean service;
    private final Map<String, ShipRun> current = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<ShipResult>> results = new ConcurrentHashMap<>();
    private CamelContext context;
    private ExecutorService executor;
    private ExecutorService disconnector;
    private volatile LongConsumer progress = bytes -> {};
    private volatile boolean stopping;

    /**
     * @param service whether a run that is done is ended here; the one-shot command does that itself, when it has seen
     *     that no file was passed over
     */
    public ActiveRuns(
            Jobs jobs,
            TargetConnections connections,
            Ledger ledger,
            JobStatus statuses,
            DatedFolderLocks folders,
            ShipCompletion ends,
            Verifier verifier,
            boolean service) {
        this.jobs = jobs;
        this.connections = connections;
        this.ledger = ledger;
        this.statuses = statuses;
        this.folders = folders;
        this.ends = ends;
        this.verifier = verifier;
        this.service = service;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    @Override
    protected void doStart() {
        executor = context.getExecutorServiceManager().newCachedThreadPool(this, "offsite-run");
        disconnector = context.getExecutorServiceManager().newSingleThreadExecutor(this, "offsite-disconnect");
    }

    @Override
    protected void doStop() {
        stopping = true;
        // Stopping a route waits for the stop of the context, if that has begun, and that for this.
        context.getExecutorServiceManager().shutdownNow(disconnector);
        context.getExecutorServiceManager().shutdownGraceful(executor);
    }

    /** Who is told how many bytes were read for uploads, as they are read. */
    public void onProgress(LongConsumer listener) {
        progress = listener;
    }

    /** Lets uploads that have begun end, and no other begin. */
    public void stopStarting() {
        stopping = true;
        current.values().forEach(ShipRun::stop);
    }

    /** What comes of the run that the job's next poll begins. */
    public CompletableFuture<ShipResult> next(String job) {
        return results.computeIfAbsent(job, name -> new CompletableFuture<>());
    }

    /** Begins to log in to the job's target: it is known that a run will begin, though not yet with which files. */
    public void contact(Job job) {
        connections.to(job).sessions().begin(executor);
    }

    /** Has ready, while a run is still to begin, the connections that it will need for those files. */
    public void expect(Job job, List<SourceFile> files) {
        boolean many = SmallFileBatch.worthwhile(files);
        long largest = files.stream().mapToLong(SourceFile::size).max().orElse(0);
        if (many || SegmentPlan.mayBeWorthwhile(largest, job.parallel())) {
            connections
                    .to(job)
                    .sessions()
                    .expect(
                            link -> Math.max(
                                    // Besides those of the uploads, one for all else.
                                    many ? SmallFileBatch.connections(link) : 0,
                                    SegmentPlan.lanes(largest, job.parallel(), link) - 1),
                            executor);
        }
    }

    public boolean stopping() {
        return stopping;
    }

    /** The run of that job that is under way, or null. */
    public ShipRun current(String job) {
        return current.get(job);
    }

    /**
     * A run whose first poll begins.
     *
     * @param poll has the consumer poll again
     */
    public ShipRun begin(Job job, Runnable poll) {
        ShipRun run = run(
                job,
                true,
                today(job),
                () -> executor.execute(poll),
                done -> executor.execute(() -> finish(job.name())));
        current.put(job.name(), run);
        return run;
    }

    /** A poll of that job failed. */
    public void cut(String job, Exception cause) {
        ShipRun run = current.get(job);
        if (run != null) {
            run.cut();
        } else if (results.containsKey(job)) {
            results.remove(job).completeExceptionally(cause);
        }
    }

    /**
     * Takes a polled file into its job's run.
     *
     * @throws ChangedFileException if it was written to since the poll
     */
    @Override
    public void process(Exchange exchange) throws ChangedFileException {
        GenericFile<?> polled = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class);
        File file = (File) polled.getFile();
        // What Camel has read here is another file's, if a name has a backslash: it takes that for a slash.
        polled.setFileLength(file.length());
        polled.setLastModified(file.lastModified());
        ShipRun run = current.get(exchange.getFromRouteId());
        String name = SourceScan.below(run.job().source(), file.toPath()).toString();
        take(exchange, run, new Upload(run, file, name, polled.getFileLength(), polled.getLastModified()));
        AfterCommit.owe(run.job(), ledger, new SourceFile(file, polled.getFileLength(), polled.getLastModified()));
        if (run.begins()) {
            statuses.running(run.job());
        }
        // By the clock that the consumer's own filter goes by.
        if (polled.getLastModified() + run.job().ready().toMillis() > System.currentTimeMillis()) {
            throw new ChangedFileException(name);
        }
    }

    private static void take(Exchange exchange, ShipRun run, Upload copy) {
        exchange.setProperty(Upload.PROPERTY, copy);
        run.intake().take(copy.file());
        exchange.getExchangeExtension().addOnCompletion(new Completion(run, copy));
    }

    /**
     * Gives an exchange the copy that somebody else's route asks for: a run of its own for one file, which ends with that
     * exchange.
     *
     * @param request the message of {@code direct:offsite-put}
     * @throws IllegalArgumentException if a header or the body does not tell which
     */
    public void single(Message request, Exchange exchange) {
        Job job = jobs.get(OffsiteConstants.job(request));
        File file = OffsiteConstants.file(request);
        String name = OffsiteConstants.name(request, file);
        single(job, today(job), file, name, exchange);
    }

    /**
     * The same for a copy that is there already, or should be, and is to be replaced by the same bytes.
     *
     * @param folder the dated folder that it is in, absolute on the target
     * @param name below that
     */
    public void again(Job job, String folder, File file, String name, Exchange exchange) {
        single(job, copy -> folder, file, name, exchange);
    }

    private void single(Job job, Function<Upload, String> place, File file, String name, Exchange exchange) {
        ShipRun run = run(job, false, place, () -> {}, this::result);
        take(exchange, run, new Upload(run, file, name, file.length(), file.lastModified()));
        run.intake().polled(false, 0);
    }

    private Function<Upload, String> today(Job job) {
        LocalDate day = job.today(Clocks.of(context));
        if (job.datedBy() == DatedBy.RUN) {
            String folder = job.folder(day);
            return copy -> folder;
        }
        return copy -> job.folder(job.day(day, copy.modified()));
    }

    private ShipRun run(
            Job job, boolean polled, Function<Upload, String> place, Runnable poll, Consumer<ShipRun> whenDone) {
        return new ShipRun(
                job,
                polled,
                place,
                connections.to(job),
                ledger,
                folders,
                path -> verifier.prepare(job, path),
                bytes -> progress.accept(bytes),
                poll,
                whenDone);
    }

    private ShipResult result(ShipRun run) {
        // Before the run's folders are taken for finished: nothing of ours may be left there.
        verifier.end(run.job());
        return run.result();
    }

    private void finish(String job) {
        ShipResult result = result(current.get(job));
        try {
            if (service && ends.worthEnding(result)) {
                ends.end(result.withFailed(ends.passedOver(job)));
            }
        } finally {
            current.remove(job);
            CompletableFuture<ShipResult> waiting = results.remove(job);
            if (waiting != null) {
                waiting.complete(result);
            }
            if (service && !stopping) {
                disconnector.execute(this::disconnect);
            }
        }
    }

    /** Between runs no connection is held: the producers of a route that is stopped are disconnected. */
    private void disconnect() {
        // While the context stops, a route cannot be: that would wait for the lock of the one who waits for us.
        boolean ending = stopping || !context.getStatus().isStarted();
        if (ending || !current.isEmpty() || context.getInflightRepository().size(UPLOAD) > 0) {
            return;
        }
        try {
            context.getRouteController().stopRoute(UPLOAD);
            context.getRouteController().startRoute(UPLOAD);
        } catch (Exception e) {
            if (stopping) {
                return;
            }
            LOG.warn("the upload route cannot be started again: {}", e.getMessage());
        }
    }

    /** Runs after the consumer's own completion, which writes the ledger. */
    private static final class Completion extends SynchronizationAdapter implements Ordered {
        private final ShipRun run;
        private final Upload copy;

        Completion(ShipRun run, Upload copy) {
            this.run = run;
            this.copy = copy;
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST;
        }

        @Override
        public void onComplete(Exchange exchange) {
            run.shipped(copy);
        }

        @Override
        public void onFailure(Exchange exchange) {
            run.failed(copy, exchange.getException());
        }
    }
}
