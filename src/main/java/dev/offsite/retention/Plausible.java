package dev.offsite.retention;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.regex.Pattern;

/**
 * Finds new copies that are suspiciously small. A copy is compared with earlier ones whose names differ only in digits,
 * such as {@code app-20260528.db.gz} and {@code app-20260527.db.gz}.
 */
public final class Plausible {

    /** How many earlier folders to compare with. */
    public static final int RECENT = 10;

    /** Minimum number of comparable copies before a size can be called small. An empty copy needs only one. */
    private static final int LIKE = 3;

    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    private Plausible() {}

    /** A suspiciously small copy, with sizes in bytes; {@code like} is the number of comparable copies. */
    public record Finding(String folder, String name, long size, long median, int like) {}

    /**
     * The new copies that are smaller than every comparable copy, and empty or below that percentage of the median.
     *
     * @param sizes of the copies by folder and name, for the new and the earlier folders
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
        return DIGITS.matcher(name).replaceAll("#");
    }

    private static long median(List<Long> sorted) {
        return sorted.get((sorted.size() - 1) / 2);
    }
}
