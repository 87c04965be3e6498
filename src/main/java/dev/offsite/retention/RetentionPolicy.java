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
 * Which dated folders to keep, with the meaning that restic's {@code forget} gives the same rules: a folder stays if any rule
 * wants it; each rule counts days, weeks, months or years that have a folder, so empty ones use nothing up; and a rule that
 * has not used up its count when it comes to the oldest folder keeps that as well.
 *
 * @param counts how many each rule keeps, at least 1 and {@link #UNLIMITED} for all; a rule that is not there keeps none
 * @param within the period in which all are kept, if there is one
 */
public record RetentionPolicy(Map<Rule, Integer> counts, Optional<Within> within) {

    /** The value of a key that stands for no limit. */
    public static final String ALL = "all";

    /** The count that stands for no limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** The empty policy: removes nothing. */
    public static final RetentionPolicy KEEP_ALL = new RetentionPolicy(UNLIMITED);

    /**
     * @throws IllegalArgumentException if a count is not positive, for that could drop every backup
     */
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

    /**
     * Keeps the newest folders, and no others.
     *
     * @throws IllegalArgumentException if {@code keep} is not positive
     */
    public RetentionPolicy(int keep) {
        this(Map.of(Rule.NEWEST, keep), Optional.empty());
    }

    /** Whether it removes nothing, whatever there is. */
    public boolean keepsAll() {
        return (counts.isEmpty() && within.isEmpty()) || counts.getOrDefault(Rule.NEWEST, 0) == UNLIMITED;
    }

    /**
     * The folders that some rule wants, each with every such rule in words; the newest is always among them.
     *
     * @param newestFirst the days of all that count, each once
     */
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

    /** Why a folder that no rule wants is removed. */
    String removed() {
        Integer keep = counts.get(Rule.NEWEST);
        if (keep != null && counts.size() == 1 && within.isEmpty()) {
            return "older than the newest" + (keep == 1 ? "" : " " + keep);
        }
        return "no rule keeps it (%s)".formatted(this);
    }

    /** In words: {@code the newest 7 folders, 4 ISO weeks, all within 30d}. */
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
