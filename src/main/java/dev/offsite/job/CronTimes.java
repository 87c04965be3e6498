package dev.offsite.job;

import java.text.ParseException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import org.quartz.CronExpression;

/**
 * The times of a Quartz cron expression. Quartz has none in the hour that the clocks skip, and for some expressions none
 * in the hour that they repeat. Here a skipped time comes as much later as the clocks were put forward: 02:30 at 03:30. A
 * repeated time comes once, or twice if the expression is for every hour.
 *
 * <p>So Quartz is asked only for times with a fixed offset, as the zone has between two changes.
 */
public final class CronTimes {

    private final String expression;
    private final ZoneRules rules;
    private final boolean hourly;
    private final Map<ZoneOffset, CronExpression> byOffset = new HashMap<>();

    /** Fails with {@link IllegalArgumentException} if it is no cron expression */
    public CronTimes(String expression, ZoneId zone) {
        this.expression = expression;
        this.rules = zone.getRules();
        cron(ZoneOffset.UTC);
        this.hourly = expression.strip().split("\\s+", -1)[2].matches(".*[*/].*");
    }

    /** A time that the clocks skip, and when it is instead. */
    public record Skipped(LocalDateTime time, Instant instead) {}

    /** The first time after that one; empty if there is none. */
    public Optional<Instant> next(Instant after) {
        ZoneOffsetTransition last = rules.previousTransition(after.plusMillis(1));
        Optional<Instant> skipped = last == null ? Optional.empty() : skipped(last, after);
        ZoneOffset offset = last == null ? rules.getOffset(after) : last.getOffsetAfter();
        Instant from = last == null ? after : latest(after, beginOf(last));
        while (true) {
            Optional<Instant> next = after(from, offset);
            ZoneOffsetTransition change = rules.nextTransition(last == null ? after : latest(after, last.getInstant()));
            boolean before =
                    change == null || next.filter(change.getInstant()::isAfter).isPresent();
            if (before || next.isEmpty() || skipped.isPresent()) {
                return skipped.isEmpty() || next.filter(skipped.get()::isAfter).isPresent() ? next : skipped;
            }
            skipped = skipped(change, after);
            offset = change.getOffsetAfter();
            from = beginOf(change);
            last = change;
        }
    }

    /** The skipped times between two instants. */
    public List<Skipped> skipped(Instant from, Instant to) {
        List<Skipped> all = new ArrayList<>();
        ZoneOffsetTransition change = rules.nextTransition(from);
        while (!hourly && change != null && change.getInstant().isBefore(to)) {
            ZoneOffset before = change.getOffsetBefore();
            for (Optional<Instant> at = skipped(change, from); at.isPresent(); at = skipped(change, at.get())) {
                all.add(new Skipped(LocalDateTime.ofInstant(at.get(), before), at.get()));
            }
            change = rules.nextTransition(change.getInstant());
        }
        return all;
    }

    /** The first time after that one which this change skips. */
    private Optional<Instant> skipped(ZoneOffsetTransition change, Instant after) {
        Instant end = change.getInstant().plus(change.getDuration());
        Instant from = latest(after, change.getInstant().minusMillis(1));
        return change.isGap() ? after(from, change.getOffsetBefore()).filter(end::isAfter) : Optional.empty();
    }

    /** Times after it are those of the offset after the change. */
    private Instant beginOf(ZoneOffsetTransition change) {
        boolean once = change.isOverlap() && !hourly;
        return (once ? change.getInstant().minus(change.getDuration()) : change.getInstant()).minusMillis(1);
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private Optional<Instant> after(Instant time, ZoneOffset offset) {
        return Optional.ofNullable(cron(offset).getNextValidTimeAfter(Date.from(time)))
                .map(Date::toInstant);
    }

    private CronExpression cron(ZoneOffset offset) {
        return byOffset.computeIfAbsent(offset, key -> {
            try {
                CronExpression cron = new CronExpression(expression);
                cron.setTimeZone(TimeZone.getTimeZone(key));
                return cron;
            } catch (ParseException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        });
    }
}
