package dev.offsite.restore;

import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.Text;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Selects the copies of a dated folder to restore. */
public final class FileSelection {

    private FileSelection() {}

    /**
     * @param words names, folders and patterns; none for all
     * @throws RestoreException if a word matches nothing; the message names it
     */
    static List<SnapshotFile> of(List<SnapshotFile> items, List<String> words) throws RestoreException {
        if (words.isEmpty()) {
            return items;
        }
        Set<SnapshotFile> chosen = new LinkedHashSet<>();
        for (String word : words) {
            List<SnapshotFile> fit = fitting(items, word.startsWith("./") ? word.substring(2) : word);
            if (fit.isEmpty()) {
                throw new RestoreException("nothing there is called '%s'".formatted(Text.line(word)));
            }
            chosen.addAll(fit);
        }
        return List.copyOf(chosen);
    }

    private static List<SnapshotFile> fitting(List<SnapshotFile> items, String word) {
        return Stream.<Function<String, Predicate<String>>>of(NamePattern::name, NamePattern::folder, NamePattern::glob)
                .map(way -> way.apply(word))
                .map(fits ->
                        items.stream().filter(item -> fits.test(item.name())).toList())
                .filter(fit -> !fit.isEmpty())
                .findFirst()
                .orElse(List.of());
    }
}
