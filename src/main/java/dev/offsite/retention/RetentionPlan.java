package dev.offsite.retention;

import dev.offsite.retention.Decision.Action;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a policy makes of a job's root: for every entry, whether it goes and why. Only real directories that are named by a
 * date, are verified and are not dated in the future count towards the policy, and only those are ever removed.
 */
public final class RetentionPlan {

    private final List<Decision> decisions;

    private RetentionPlan(List<Decision> decisions) {
        this.decisions = List.copyOf(decisions);
    }

    /**
     * Decides on every entry; their order does not matter.
     *
     * @param today the day of the run; the day after still counts as present, since clocks and time zones differ
     * @throws IllegalArgumentException if two entries have the same name or the same day, for the listing is then not to be
     *     trusted
     */
    public static RetentionPlan of(List<Folder> entries, RetentionPolicy policy, LocalDate today) {
        refuseDuplicates(entries);
        List<Folder> sorted = new ArrayList<>(entries);
        sorted.sort(RetentionPlan::newestFirst);
        LocalDate horizon = today.plusDays(1);
        List<LocalDate> counted = sorted.stream()
                .filter(folder -> leftAlone(folder, horizon).isEmpty())
                .map(RetentionPlan::date)
                .toList();
        Map<LocalDate, List<String>> kept = policy.kept(counted);
        return new RetentionPlan(sorted.stream()
                .map(folder -> leftAlone(folder, horizon)
                        .map(reason -> new Decision(folder.name(), Action.LEAVE, List.of(reason)))
                        .or(() -> Optional.ofNullable(kept.get(date(folder)))
                                .map(reasons -> new Decision(folder.name(), Action.KEEP, List.copyOf(reasons))))
                        .orElseGet(() -> new Decision(folder.name(), Action.REMOVE, List.of(policy.removed()))))
                .toList());
    }

    /** One decision for each entry: the dated ones, newest first, then the others by name. */
    public List<Decision> decisions() {
        return decisions;
    }

    /** The names of the folders that a rule keeps, newest first. */
    public List<String> kept() {
        return names(Action.KEEP);
    }

    /** The names of the folders to remove, oldest first, so that a run that is cut short has removed the right ones. */
    public List<String> removed() {
        List<String> names = new ArrayList<>(names(Action.REMOVE));
        Collections.reverse(names);
        return List.copyOf(names);
    }

    private List<String> names(Action action) {
        return decisions.stream()
                .filter(decision -> decision.action() == action)
                .map(Decision::folder)
                .toList();
    }

    private static Optional<String> leftAlone(Folder folder, LocalDate horizon) {
        if (folder.date().isEmpty()) {
            return Optional.of("not a dated folder");
        }
        if (!folder.directory()) {
            return Optional.of("a symbolic link or file");
        }
        return date(folder).isAfter(horizon) ? Optional.of("dated in the future") : folder.unverified();
    }

    /** The date of the folder; for one without, a date that sorts as older than any. */
    private static LocalDate date(Folder folder) {
        return folder.date().orElse(LocalDate.MIN);
    }

    private static int newestFirst(Folder one, Folder other) {
        int later = date(other).compareTo(date(one));
        return later == 0 ? one.name().compareTo(other.name()) : later;
    }

    private static void refuseDuplicates(List<Folder> entries) {
        Set<String> names = new HashSet<>();
        Set<LocalDate> dates = new HashSet<>();
        for (Folder folder : entries) {
            boolean other = folder.date().map(dates::add).orElse(true);
            if (!names.add(folder.name()) || !other) {
                throw new IllegalArgumentException("the server lists a name twice: " + folder.name());
            }
        }
    }
}
