package dev.offsite.command;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.source.Readiness;
import dev.offsite.source.Readiness.Window;
import dev.offsite.source.SourceCheck;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the commands around the runs of jobs. A run that {@link #before} has begun is ended once by {@link #end}, with {@code
 * after-command} or {@code failure-command}, also if Offsite is stopped in between.
 */
public final class JobCommands {

    public static final String BEFORE = "before-command";
    private static final String AFTER = "after-command";
    public static final String FAILURE = "failure-command";

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** For the commands at the end of runs when Offsite is stopped. */
    private static final Duration STOPPING = Duration.ofMinutes(1);

    /** Lists a job's source. */
    @FunctionalInterface
    public interface Scanner {
        SourceScan scan(Job job, Predicate<SourceFile> wanted) throws IOException;
    }

    /** A run that is not over. */
    private static final class Run {
        private final Job job;
        private final CountDownLatch over = new CountDownLatch(1);
        private ShellCommand command;
        private boolean ending;
        private Thread hook;
        private String fault = "";

        Run(Job job) {
            this.job = job;
        }
    }

    private final Jobs jobs;
    private final String state;
    private final Scanner source;
    private final BiPredicate<Job, SourceFile> committed;
    private final boolean service;
    private final Map<String, Run> running = new ConcurrentHashMap<>();
    private final Map<String, Readiness> readiness = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /**
     * @param committed whether a file of a job is committed as it is now
     * @param service whether a stop of this process is announced by {@link #stop}
     */
    public JobCommands(
            Jobs jobs, String state, Scanner source, BiPredicate<Job, SourceFile> committed, boolean service) {
        this.jobs = jobs;
        this.state = state;
        this.source = source;
        this.committed = committed;
        this.service = service;
    }

    public boolean has(String job) {
        return !jobs.commands(job).isEmpty();
    }

    /** Whether a run has begun that is not over. */
    public boolean isRunning(String job) {
        return running.containsKey(job);
    }

    /** When files of the job count as finished, after what the commands of its last runs did. */
    public Readiness readiness(Job job) {
        return readiness.computeIfAbsent(
                job.name(),
                name -> new Readiness(job.ready(), Optional.empty(), Set.of(), new CommandLog(state, name).failed()));
    }

    /** Begins a run; returns why its {@code before-command} failed, or empty. Does nothing for a job without commands. */
    public Optional<String> before(Job job) throws IOException {
        Jobs.Commands commands = jobs.commands(job.name());
        if (commands.isEmpty()) {
            return Optional.empty();
        }
        if (stopped) {
            return Optional.of(BEFORE + " was not started, since Offsite is being stopped");
        }
        Run run = new Run(job);
        hook(run);
        running.put(job.name(), run);
        return commands.before().isEmpty() ? Optional.empty() : before(run, commands);
    }

    private Optional<String> before(Run run, Jobs.Commands commands) throws IOException {
        Job job = run.job;
        Optional<String> missing = SourceCheck.unreadable(job.source());
        if (missing.isPresent()) {
            return missing.map(reason -> "%s cannot run: %s".formatted(BEFORE, reason));
        }
        CommandLog log = new CommandLog(state, job.name());
        log.awaitLast();
        Readiness last = readiness(job);
        Set<File> unsure = new HashSet<>();
        List<Window> failed = new ArrayList<>(last.failed());
        failed.retainAll(withFiles(job, last, unsure));
        Instant begin = Instant.now();
        log.running(failed, begin);
        Optional<String> problem = Optional.of("was cut");
        try {
            problem = run(
                    run,
                    BEFORE,
                    commands.before().get(),
                    commands.timeout(),
                    Map.of("OFFSITE_EVENT", "before"),
                    process -> log.beat(failed, begin, process));
        } finally {
            Window ran = new Window(begin, Instant.now());
            if (problem.isPresent()) {
                failed.add(ran);
            }
            Optional<Window> written = Optional.of(ran).filter(done -> !failed.contains(done));
            readiness.put(job.name(), new Readiness(job.ready(), written, unsure, failed));
            log.ended(failed);
        }
        return problem.map(reason -> BEFORE + " " + reason);
    }

    /** The times of failed commands of which there are files; finds those that are being written, too. */
    private Set<Window> withFiles(Job job, Readiness last, Set<File> unsure) throws IOException {
        Set<Window> found = new HashSet<>();
        long now = System.currentTimeMillis();
        source.scan(job, file -> {
            List<Window> when = last.failed().stream()
                    .filter(one -> one.has(file.modified()))
                    .toList();
            boolean isNew = file.modified() + job.ready().toMillis() > now;
            if ((isNew || !when.isEmpty()) && !committed.test(job, file)) {
                found.addAll(when);
                if (isNew) {
                    unsure.add(file.file());
                }
            }
            return false;
        });
        return found;
    }

    /** Why the run that has begun is a failure, if {@link #end} does not say so. Only the first reason counts. */
    public void fault(String job, String reason) {
        Run run = running.get(job);
        if (run != null) {
            synchronized (run) {
                run.fault = run.fault.isEmpty() ? reason : run.fault;
            }
        }
    }

    /**
     * Ends the run, if it has begun and is not over: runs {@code after-command}, or {@code failure-command} if it failed.
     *
     * @return why that command failed, or empty
     */
    public Optional<String> end(String job, RunEnd end) {
        Run run = running.get(job);
        if (run == null || !begins(run)) {
            return Optional.empty();
        }
        try {
            return end(run, run.fault.isEmpty() ? end : end.withReason(run.fault));
        } finally {
            running.remove(job);
            run.over.countDown();
            unhook(run);
        }
    }

    private static void unhook(Run run) {
        try {
            if (run.hook != null) {
                Runtime.getRuntime().removeShutdownHook(run.hook);
            }
        } catch (IllegalStateException e) {
            LOG.debug("{}: this process ends", run.job.name(), e);
        }
    }

    private static boolean begins(Run run) {
        synchronized (run) {
            boolean begins = !run.ending;
            run.ending = true;
            return begins;
        }
    }

    private Optional<String> end(Run run, RunEnd end) {
        Jobs.Commands commands = jobs.commands(run.job.name());
        String name = end.succeeded() ? AFTER : FAILURE;
        Optional<String> line = end.succeeded() ? commands.after() : commands.failure();
        if (line.isEmpty()) {
            return Optional.empty();
        }
        Duration deadline = commands.timeout();
        deadline = stopped && deadline.compareTo(STOPPING) > 0 ? STOPPING : deadline;
        try {
            return run(run, name, line.get(), deadline, end.environment(), process -> {})
                    .map(reason -> name + " " + reason);
        } catch (IOException e) {
            return Optional.of("%s cannot run: %s".formatted(name, Text.reason(e)));
        }
    }

    private Optional<String> run(
            Run run, String name, String line, Duration deadline, Map<String, String> more, LongConsumer beat)
            throws IOException {
        Job job = run.job;
        Map<String, String> environment = new HashMap<>(more);
        environment.put("OFFSITE_JOB", job.name());
        environment.put("OFFSITE_SOURCE", job.source().toString());
        environment.put("OFFSITE_ROOT", job.root());
        ShellCommand command = new ShellCommand(
                line,
                List.of("offsite"),
                job.source(),
                environment,
                deadline,
                said -> LOG.info("{}: {}: {}", job.name(), name, said));
        synchronized (run) {
            if (stopped && !run.ending) {
                command.stop();
            }
            run.command = command;
        }
        LOG.info("{}: {} runs", job.name(), name);
        return command.run(beat);
    }

    /** Begins no more runs, and ends the commands before those that have begun. */
    public void stop() {
        stopped = true;
        running.values().forEach(run -> {
            synchronized (run) {
                if (run.command != null && !run.ending) {
                    run.command.stop();
                }
            }
        });
    }

    /** Waits a while for the commands at the end of runs, and ends them then. */
    public void awaitEnd() {
        long end = System.nanoTime() + STOPPING.toNanos();
        for (Run run : List.copyOf(running.values())) {
            await(run, end - System.nanoTime());
        }
    }

    private static void await(Run run, long nanos) {
        try {
            if (run.over.await(nanos, TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (run) {
            if (run.command != null) {
                run.command.stop();
            }
        }
    }

    /** A one-shot run that is ended by a signal does not wait for anything else. */
    private void hook(Run run) {
        if (service) {
            return;
        }
        run.hook = new Thread(
                () -> {
                    stop();
                    var unused = end(run.job.name(), RunEnd.failed("Offsite was stopped"));
                    await(run, STOPPING.toNanos());
                },
                "offsite-command-stop");
        Runtime.getRuntime().addShutdownHook(run.hook);
    }
}
