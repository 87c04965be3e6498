package dev.offsite.retention;

import dev.offsite.retention.Decision.Action;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Applies a policy to a job's root and decides for every entry whether to remove it, and why. Only real directories
 * that have a date as name, are verified and are not in the future count, and only those are ever removed.
 */
public final class RetentionPlan {

    private final List<Decision> decisions;

    private RetentionPlan(List<Decision> decisions) {
        this.decisions = List.copyOf(decisions);
    }

    /**
     * Decides which folders stay.
     *
     * @param today the day of the run; tomorrow does not count as future, since clocks and time zones differ
     * @throws IllegalArgumentException if two entries have the same name or day: such a listing cannot be trusted
     */
    public static RetentionPlan of(List<Folder> entries, RetentionPolicy policy, LocalDate today) {
        refuseDuplicates(entries);
        List<Folder> sorted = entries.stream()
                .sorted(Comparator.comparing(RetentionPlan::date).reversed().thenComparing(Folder::name))
                .toList();
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

    /** One decision for each entry: dated ones, newest first, then the others by name. */
    public List<Decision> decisions() {
        return decisions;
    }

    /** Newest first. */
    public List<String> kept() {
        return names(Action.KEEP);
    }

    /** Oldest first, so that an interrupted run has removed the least valuable ones. */
    public List<String> removed() {
        List<String> names = new ArrayList<>(names(Action.REMOVE));
        Collections.reverse(names);
        return List.copyOf(names);
    }

    /** All that count as backups, whether kept or removed. Newest first. */
    public List<String> counted() {
        return names(Action.KEEP, Action.REMOVE);
    }

    private List<String> names(Action... actions) {
        return decisions.stream()
                .filter(decision -> List.of(actions).contains(decision.action()))
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

    /** An entry without a date sorts as the oldest. */
    private static LocalDate date(Folder folder) {
        return folder.date().orElse(LocalDate.MIN);
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
