package dev.offsite.ship;

import dev.offsite.command.JobCommands;
import dev.offsite.command.RunEnd;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the commands of a job run around its one-shot and scheduled runs. One that fails makes the run a failure. */
public record RunCommands(ShipContext context, ShipCompletion completion, ActiveRuns runs) {

    private static final long LOOK_MILLIS = 1000;
    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Why a job of the service with commands ships nothing. */
    public static final String NEED_SCHEDULE =
            "its commands (before-command, after-command, failure-command) run once for each run of a schedule, and it has none;"
                    + " set schedule, or run offsite ship from cron";

    /** Runs the command before a run. Returns why it failed, which is recorded then, or empty; {@link #after} must follow. */
    public Optional<String> before(Job job) {
        if (!context.commands().has(job.name())) {
            return Optional.empty();
        }
        Optional<String> problem;
        try {
            // A run that is killed counts as failed, and so does one that does not come to its files.
            context.statuses().running(job);
            problem = context.commands().before(job);
        } catch (Exception e) {
            problem = Optional.of("%s cannot run: %s"
                    .formatted(JobCommands.BEFORE, FailureMessages.of(e, job).message()));
        }
        problem.ifPresent(reason -> {
            context.commands().fault(job.name(), reason);
            completion.commandFailed(job, reason);
        });
        return problem;
    }

    /**
     * Runs the command after a run, if {@link #before} has begun it.
     *
     * @param reason why the run failed, if the result does not say so
     * @return why the command failed, which is recorded then, or empty
     */
    public Optional<String> after(Job job, ShipResult result, String reason) {
        String failed = reason.isEmpty() ? ShipCompletion.reason(result) : reason;
        Optional<String> problem = context.commands()
                .end(
                        job.name(),
                        new RunEnd(
                                result.shipped(),
                                result.bytes(),
                                result.failures().containsKey(JobCommands.BEFORE)
                                        ? 0
                                        : result.failures().size(),
                                result.folders(),
                                Text.line(failed)));
        problem.ifPresent(why -> {
            if (why.startsWith(JobCommands.FAILURE)) {
                // The run failed before, and said why.
                LOG.error("{}: {}", job.name(), why);
            } else {
                completion.commandFailed(job, why);
            }
        });
        return problem;
    }

    /**
     * A run of the service that is due by a schedule.
     *
     * @param poll begins the run, which goes on in other threads
     * @return whether it happened; otherwise it is still due
     */
    public boolean scheduled(Job job, Runnable poll) {
        if (!context.commands().has(job.name())) {
            poll.run();
            return true;
        }
        // A stop interrupts the schedule's thread, and what is interrupted can neither wait nor write.
        Thread thread = new Thread(() -> begin(job, poll), "offsite-commands");
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(LOOK_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !runs.stopping();
    }

    private void begin(Job job, Runnable poll) {
        try {
            around(job, poll);
        } catch (RuntimeException | Error e) {
            completion.refused(job, e);
        }
    }

    private void around(Job job, Runnable poll) {
        Optional<String> problem = before(job);
        if (problem.isEmpty()) {
            poll.run();
        }
        if (runs.current(job.name()) == null) {
            // It ended already, or did not begin.
            var unused = after(
                    job,
                    ShipResult.nothing(job.name(), Map.of(), null),
                    problem.orElse(runs.stopping() ? "Offsite was stopped" : ""));
        }
    }

    /** Whether the job's commands must wait for the run before. */
    public boolean mustWait(Job job) {
        return context.commands().has(job.name()) && runs.current(job.name()) != null;
    }
}
