package dev.offsite.ship;

import dev.offsite.io.ByteProgress;
import dev.offsite.io.Text;
import dev.offsite.job.DatedBy;
import dev.offsite.job.Job;
import dev.offsite.source.SourceScan;
import java.io.File;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** The active runs, at most one per job. A run may take several polls. */
public final class ActiveRuns {

    private final ShipContext context;
    private final ShipCompletion completion;
    private final RunCommands commands;
    private final Executor threads;
    private final boolean service;
    private final Map<String, ShipRun> current = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<ShipResult>> results = new ConcurrentHashMap<>();
    private volatile ByteProgress progress = ByteProgress.none();
    private volatile Consumer<Upload> shipped = copy -> {};
    private volatile boolean stopping;

    /**
     * @param threads for polls and for completing runs
     * @param service whether a finished run is completed here; the one-shot command does that itself, after checking
     *     that no file was left out
     */
    public ActiveRuns(ShipContext context, ShipCompletion completion, Executor threads, boolean service) {
        this.context = context;
        this.completion = completion;
        this.commands = new RunCommands(context, completion, this);
        this.threads = threads;
        this.service = service;
    }

    /** The commands around the runs. */
    public RunCommands commands() {
        return commands;
    }

    /** Sets the listener for the progress of uploads. */
    public void onProgress(ByteProgress listener) {
        progress = listener;
    }

    /** Sets the listener for copies that were verified and published. Several threads call it. */
    public void onShipped(Consumer<Upload> listener) {
        shipped = listener;
    }

    public void stopStarting() {
        stopping = true;
        context.commands().stop();
        current.values().forEach(ShipRun::stop);
    }

    public boolean stopping() {
        return stopping;
    }

    /** The result of the run that the job's next poll starts. */
    public CompletableFuture<ShipResult> next(String job) {
        return results.computeIfAbsent(job, name -> new CompletableFuture<>());
    }

    /** Waits for the {@link #next} result after a poll, as long as anything moves. */
    public ShipResult await(String job, CompletableFuture<ShipResult> result) throws Exception {
        if (current.get(job) == null) {
            result.completeExceptionally(new IllegalStateException("it was stopped before it could begin"));
        }
        try {
            return context.connections().to(context.jobs().get(job)).activity().await(result, "files were shipped");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** The job's active run, or null. */
    public ShipRun current(String job) {
        return current.get(job);
    }

    /** Starts a run whose first poll is already running; {@code poll} makes the consumer poll again. */
    public ShipRun begin(Job job, Runnable poll) {
        context.statuses().begins(job);
        ShipRun run = run(
                job,
                ShipRun.Origin.POLLED,
                today(job),
                () -> execute(poll, e -> cut(job.name(), e)),
                done -> execute(() -> finish(done), e -> finish(done)));
        current.put(job.name(), run);
        return run;
    }

    private void execute(Runnable work, Consumer<Throwable> refused) {
        try {
            threads.execute(work);
        } catch (RuntimeException | Error e) {
            refused.accept(e);
        }
    }

    /** Records that a poll of the job failed. */
    public void cut(String job, Throwable cause) {
        ShipRun run = current.get(job);
        if (run != null) {
            run.cut(cause);
        } else if (results.containsKey(job)) {
            results.remove(job).completeExceptionally(cause);
        }
    }

    /**
     * Adds a polled file to its job's run, with its current size and time; null if it has failed by that, or if another
     * node ships it or has shipped it.
     */
    public Upload take(String job, File file) {
        ShipRun run = current.get(job);
        if (!claims(run, file)) {
            run.intake().missed();
            return null;
        }
        String name = SourceScan.below(run.job().source(), file.toPath()).toString();
        Upload upload = new Upload(run, file, name);
        run.intake().take(file);
        try {
            run.afterCommit().owe(upload.source());
            if (run.begins()) {
                context.statuses().running(run.job());
            }
            return upload;
        } catch (RuntimeException | Error e) {
            // Nobody else ends a file that Camel does not begin.
            run.failed(upload, e);
            return null;
        }
    }

    private boolean claims(ShipRun run, File file) {
        if (!context.cluster().isShared()) {
            return true;
        }
        return run.polledClaims().take(file);
    }

    /**
     * Starts a separate run for one file from another route; {@code name} is below today's dated folder.
     *
     * @throws IllegalArgumentException if the job does not exist
     */
    public Upload single(String job, File file, String name) {
        Job of = context.jobs().get(job);
        return single(of, ShipRun.Origin.PUT, today(of), file, name);
    }

    /** Starts a separate run that writes the same bytes again; {@code folder} is absolute on the target. */
    public Upload again(Job job, String folder, File file, String name) {
        return single(job, ShipRun.Origin.REPAIR, upload -> folder, file, name);
    }

    private Upload single(Job job, ShipRun.Origin origin, Function<Upload, String> place, File file, String name) {
        ShipRun run = run(job, origin, place, () -> {}, done -> {
            var unused = result(done);
        });
        Upload upload = new Upload(run, file, name);
        run.intake().take(file);
        run.intake().polled(false, 0);
        return upload;
    }

    private Function<Upload, String> today(Job job) {
        LocalDate day = job.today(context.clock());
        if (job.datedBy() == DatedBy.RUN) {
            String folder = job.folder(day);
            return upload -> folder;
        }
        return upload -> job.folder(job.day(day, upload.modified()));
    }

    private ShipRun run(
            Job job, ShipRun.Origin origin, Function<Upload, String> place, Runnable poll, Consumer<ShipRun> whenDone) {
        return new ShipRun(
                context,
                job,
                origin,
                place,
                upload -> progress.file(upload.name(), upload.source().size()),
                copy -> shipped.accept(copy),
                poll,
                whenDone);
    }

    private ShipResult result(ShipRun run) {
        // First, so that no probe file is left in the run's folders.
        context.verifier().end(run.job());
        // If its last poll was cut off.
        run.polledClaims().end();
        return run.result();
    }

    /** Whatever fails, the run has ended, and who waits for it hears why. */
    private void finish(ShipRun run) {
        String job = run.job().name();
        ShipResult result = null;
        Throwable broken = null;
        try {
            result = result(run);
            if (service) {
                complete(run.job(), result);
                completion.remind(job);
            }
        } catch (RuntimeException | Error e) {
            broken = e;
        }
        CompletableFuture<ShipResult> waiting = results.remove(job);
        current.remove(job);
        if (waiting != null && broken != null) {
            waiting.completeExceptionally(broken);
        } else if (waiting != null) {
            waiting.complete(result);
        } else if (broken != null) {
            completion.refused(run.job(), broken);
        }
        if (service && !stopping && current.isEmpty()) {
            completion.idle();
        }
    }

    private void complete(Job job, ShipResult result) {
        String failed = "it was not completed";
        ShipResult all = result;
        try {
            if (completion.worthEnding(result)) {
                all = result.withFailures(completion.passedOver(job.name()));
                failed = completion.end(all).orElse("");
            } else {
                completion.nothing(job.name());
                failed = "";
            }
        } catch (RuntimeException | Error e) {
            failed = Text.reason(e);
            throw e;
        } finally {
            var unused = commands.after(job, all, failed);
        }
    }
}
