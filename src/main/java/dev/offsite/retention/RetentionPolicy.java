package dev.offsite.retention;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Which dated folders to keep, by the rules of restic's {@code forget}: a folder is kept if any rule keeps it; each
 * rule counts only days, weeks, months or years that have a folder; a rule whose count is not used up keeps the oldest
 * folder as well.
 *
 * @param counts how many each rule keeps, at least 1, {@link #UNLIMITED} for all; a missing rule keeps none
 * @param within the period in which all are kept, if any
 */
public record RetentionPolicy(Map<Rule, Integer> counts, Optional<Within> within) {

    /** The value of a key that means no limit. */
    public static final String ALL = "all";

    public static final int UNLIMITED = Integer.MAX_VALUE;

    public static final RetentionPolicy KEEP_ALL = new RetentionPolicy(UNLIMITED);

    /** Fails with {@link IllegalArgumentException} if a count is not positive, since that could remove every backup */
    public RetentionPolicy {
        counts.forEach((rule, count) -> {
            if (count < 1) {
                throw new IllegalArgumentException(
                        "%s must be at least 1, or unset to keep all, not %d".formatted(rule.key(), count));
            }
        });
        EnumMap<Rule, Integer> sorted = new EnumMap<>(Rule.class);
        sorted.putAll(counts);
        counts = Collections.unmodifiableMap(sorted);
    }

    /** Fails with {@link IllegalArgumentException} if {@code keep} is not positive */
    public RetentionPolicy(int keep) {
        this(Map.of(Rule.NEWEST, keep), Optional.empty());
    }

    /** Whether it never removes anything. */
    public boolean keepsAll() {
        return (counts.isEmpty() && within.isEmpty()) || counts.getOrDefault(Rule.NEWEST, 0) == UNLIMITED;
    }

    /** The days to keep, each with the rules that keep it; the newest is always kept. Expects each day only once. */
    Map<LocalDate, List<String>> kept(List<LocalDate> newestFirst) {
        Map<LocalDate, List<String>> kept = new java.util.HashMap<>();
        if (keepsAll()) {
            newestFirst.forEach(date -> kept.put(date, List.of("no limit is set")));
            return kept;
        }
        counts.forEach((rule, count) -> keep(rule, count, newestFirst, kept));
        within.ifPresent(rule -> newestFirst.stream()
                .filter(date -> date.isAfter(rule.before(newestFirst.get(0))))
                .forEach(date -> add(kept, date, "within " + rule)));
        return kept;
    }

    private static void keep(Rule rule, int count, List<LocalDate> newestFirst, Map<LocalDate, List<String>> kept) {
        int used = 0;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < newestFirst.size() && used < count; i++) {
            LocalDate date = newestFirst.get(i);
            long bucket = rule.bucket(date, i);
            boolean oldest = i == newestFirst.size() - 1;
            if (bucket != last || oldest) {
                used++;
                add(kept, date, words(rule, used, count) + (bucket == last ? " (the oldest)" : ""));
                last = bucket;
            }
        }
    }

    private static void add(Map<LocalDate, List<String>> kept, LocalDate date, String reason) {
        kept.computeIfAbsent(date, d -> new ArrayList<>()).add(reason);
    }

    private static String words(Rule rule, int rank, int count) {
        if (rule == Rule.NEWEST) {
            return newest(rank, count);
        }
        return rule.word() + (count == UNLIMITED ? "" : " %d of %d".formatted(rank, count));
    }

    private static String newest(int rank, int keep) {
        if (rank == 1) {
            return keep == 1 ? "the newest" : "the newest of " + keep;
        }
        boolean teen = rank % 100 / 10 == 1;
        String suffix =
                switch (teen ? 0 : rank % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
        return rank + suffix + " newest of " + keep;
    }

    /** Why a folder is removed, in words. */
    String removed() {
        Integer keep = counts.get(Rule.NEWEST);
        if (keep != null && counts.size() == 1 && within.isEmpty()) {
            return "older than the newest" + (keep == 1 ? "" : " " + keep);
        }
        return "no rule keeps it (%s)".formatted(this);
    }

    /** Such as {@code the newest 7 folders, 4 ISO weeks, all within 30d}. */
    @Override
    public String toString() {
        if (keepsAll()) {
            return "keeps everything";
        }
        StringJoiner words = new StringJoiner(", ");
        counts.forEach((rule, count) -> words.add((rule == Rule.NEWEST ? "the newest " : "")
                + (count == UNLIMITED ? "all" : count)
                + " "
                + rule.units()));
        within.ifPresent(rule -> words.add("all within " + rule));
        return words.toString();
    }
}
