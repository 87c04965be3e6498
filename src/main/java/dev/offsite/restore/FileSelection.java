package dev.offsite.restore;

import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.Text;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Selects the copies of a dated folder to restore: by name, by folder, or by a pattern in which {@code ?} is one
 * character, {@code *} any within a folder and {@code **} any across folders. A name wins over a pattern.
 */
public final class FileSelection {

    private FileSelection() {}

    /**
     * What the words select.
     *
     * @param words names, folders and patterns; none for all
     * @throws RestoreException if a word matches nothing; the message names it
     */
    public static List<SnapshotFile> of(List<SnapshotFile> items, List<String> words) throws RestoreException {
        if (words.isEmpty()) {
            return items;
        }
        Set<SnapshotFile> chosen = new LinkedHashSet<>();
        for (String word : words) {
            List<SnapshotFile> fit = fitting(items, word);
            if (fit.isEmpty()) {
                throw new RestoreException("nothing there is called '%s'".formatted(Text.line(word)));
            }
            chosen.addAll(fit);
        }
        return List.copyOf(chosen);
    }

    /** What one of the words matches; none if nothing. */
    public static List<SnapshotFile> fitting(List<SnapshotFile> items, String given) {
        String word = given.startsWith("./") ? given.substring(2) : given;
        String folder = word.endsWith("/") ? word : word + "/";
        return Stream.<Predicate<String>>of(word::equals, name -> name.startsWith(folder), glob(word))
                .flatMap(fits -> Stream.<Predicate<SnapshotFile>>of(
                        item -> fits.test(item.shown()),
                        // An encrypted copy has a name of its own.
                        item -> item.plain().isPresent() && fits.test(item.name())))
                .map(fits -> items.stream().filter(fits).toList())
                .filter(fit -> !fit.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static Predicate<String> glob(String word) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (word.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (word.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
    }
}
