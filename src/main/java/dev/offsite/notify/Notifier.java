package dev.offsite.notify;

import dev.offsite.io.ProcessLock;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.job.JobEvent;
import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides what one receiver is told: compares what is wrong now with what it was told, so that nothing is lost with a
 * crash, and nothing is told at each check.
 */
final class Notifier {

    /** Clocks and processes differ by less. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final Receiver receiver;
    private final Outbox outbox;
    private final StateFile known;
    private final MessageWriter writer;

    /** {@code known}: what the receiver knows */
    Notifier(Receiver receiver, Outbox outbox, StateFile known, MessageWriter writer) {
        this.receiver = receiver;
        this.outbox = outbox;
        this.known = known;
        this.writer = writer;
    }

    /** Puts into the outbox what is new. Fails with {@link StateException} */
    void check(List<JobReport> reports) {
        if (isQuiet(reports)) {
            return;
        }
        try (ProcessLock lock = outbox.lock()) {
            Map<String, Told> before = Told.read(known);
            Map<String, Told> after = new LinkedHashMap<>();
            for (JobReport report : reports) {
                if (receiver.wants(report.name())) {
                    troubles(report, before, after);
                }
            }
            if (!after.equals(before)) {
                Told.write(known, after);
            }
        } catch (IOException e) {
            throw outbox.unwritable(e);
        }
    }

    /** The usual case makes no file. */
    private boolean isQuiet(List<JobReport> reports) {
        return reports.stream().allMatch(report -> report.troubles().isEmpty())
                && Told.read(known).isEmpty();
    }

    private void troubles(JobReport report, Map<String, Told> before, Map<String, Told> after) throws IOException {
        Instant now = report.now();
        for (Trouble trouble : report.troubles()) {
            if (receiver.wantsEndOf(trouble.kind())) {
                Told told = before.get(Told.id(trouble.job(), trouble.key()));
                Told next =
                        told == null ? begin(report, trouble) : told.isDue(now) ? again(report, trouble, told) : told;
                after.put(next.id(), next);
            }
        }
        for (Told told : before.values()) {
            if (told.job().equals(report.name()) && !after.containsKey(told.id())) {
                if (isToBeKept(told, now)) {
                    after.put(told.id(), told);
                } else if (!told.isEvent() && isOver(report, told) && receiver.wantsEndOf(told.kind())) {
                    outbox.add(writer.over(report, told));
                }
            }
        }
    }

    private static boolean isOver(JobReport report, Told told) {
        return report.troubles().stream().noneMatch(trouble -> trouble.key().equals(told.key()));
    }

    private static boolean isToBeKept(Told told, Instant now) {
        if (told.isEvent()) {
            return !told.isDue(now);
        }
        // Another process saw it after this report was made.
        return told.last().isAfter(now) && told.last().isBefore(now.plus(SKEW));
    }

    private Told begin(JobReport report, Trouble trouble) throws IOException {
        boolean tell = receiver.wantsBeginOf(trouble.kind());
        if (tell) {
            outbox.add(writer.of(report, trouble, false));
        }
        return Told.first(trouble, report.now(), tell);
    }

    private Told again(JobReport report, Trouble trouble, Told told) throws IOException {
        if (!receiver.wantsBeginOf(trouble.kind())) {
            return told;
        }
        Message message = writer.of(report, trouble, told.times() > 0);
        if (!outbox.replace(message)) {
            outbox.add(message);
        }
        return told.again(trouble, report.now());
    }

    /** Puts an event into the outbox that is told each time. Fails with {@link StateException} */
    void event(JobReport report, JobEvent event) {
        if (!receiver.on().contains(event.type()) || !receiver.wants(event.job()) || isTrouble(report, event)) {
            return;
        }
        try (ProcessLock lock = outbox.lock()) {
            if (event instanceof JobEvent.Refused refused) {
                // A service may refuse the same after each run.
                Map<String, Told> told = new LinkedHashMap<>(Told.read(known));
                Told now = Told.event(refused);
                Told last = told.put(now.id(), now);
                if (last != null && last.text().equals(now.text()) && !last.isDue(event.at())) {
                    return;
                }
                outbox.add(writer.of(report.job(), event));
                Told.write(known, told);
            } else {
                outbox.add(writer.of(report.job(), event));
            }
        } catch (IOException e) {
            throw outbox.unwritable(e);
        }
    }

    /** What goes on is told when it is checked. */
    private static boolean isTrouble(JobReport report, JobEvent event) {
        return event instanceof JobEvent.Failed
                || event instanceof JobEvent.Stale
                || event instanceof JobEvent.Fresh
                || event instanceof JobEvent.Damaged
                || (event instanceof JobEvent.Refused && report.has(Trouble.Kind.REFUSED));
    }
}
