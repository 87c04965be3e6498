package dev.offsite.retention;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Whether new copies are as large as one would expect from those before them. A copy's like are the copies in the folders
 * before whose name differs in digits only: {@code app-20260528.db.gz} and {@code app-20260527.db.gz}.
 */
public final class Plausible {

    /** How many folders before a new one count. */
    public static final int RECENT = 10;

    /** With fewer copies of its like there is no saying what size is small; none at all is told from some by one. */
    private static final int LIKE = 3;

    private Plausible() {}

    /**
     * A copy that is suspiciously small.
     *
     * @param folder its dated folder
     * @param name below that
     * @param size bytes
     * @param median bytes, of its like
     * @param like how many those are
     */
    public record Finding(String folder, String name, long size, long median, int like) {}

    /**
     * The new copies that are empty, or smaller than that share of the median of their like and than each of those.
     *
     * @param sizes of the copies by folder and name, for the new folders and those before
     * @param fresh the new folders
     * @param percent of the median that is enough
     */
    public static List<Finding> findings(
            NavigableMap<String, Map<String, Long>> sizes, Collection<String> fresh, int percent) {
        List<Finding> findings = new ArrayList<>();
        for (String folder : fresh) {
            Map<String, List<Long>> before = sizes.headMap(folder, false).descendingMap().values().stream()
                    .limit(RECENT)
                    .flatMap(copies -> copies.entrySet().stream())
                    .sorted(Map.Entry.comparingByValue())
                    .collect(groupingBy(copy -> pattern(copy.getKey()), mapping(Map.Entry::getValue, toList())));
            sizes.getOrDefault(folder, Map.of()).forEach((name, size) -> {
                List<Long> like = before.getOrDefault(pattern(name), List.of());
                if (suspicious(size, like, percent)) {
                    findings.add(new Finding(folder, name, size, median(like), like.size()));
                }
            });
        }
        return findings;
    }

    private static boolean suspicious(long size, List<Long> sorted, int percent) {
        if (sorted.isEmpty() || size >= sorted.get(0)) {
            return false;
        }
        long median = median(sorted);
        return size == 0 ? median > 0 : sorted.size() >= LIKE && size < median / 100.0 * percent;
    }

    private static String pattern(String name) {
        return name.replaceAll("[0-9]+", "#");
    }

    private static long median(List<Long> sorted) {
        return sorted.get((sorted.size() - 1) / 2);
    }
}
