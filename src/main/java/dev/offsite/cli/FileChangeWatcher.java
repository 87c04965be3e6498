package dev.offsite.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What happens to a configuration file and its route files. An editor writes more than once, so a change counts when
 * two looks in a row see the same.
 */
public final class FileChangeWatcher {

    private final Path file;
    private Map<Path, String> known;
    private Map<Path, String> last;

    /** From now on. */
    FileChangeWatcher(Path file) {
        this.file = file.toAbsolutePath().normalize();
        forget();
    }

    /** Takes what there is now for known. */
    void forget() {
        known = now();
        last = known;
    }

    /** What has changed since it was last told and is the same as at the look before this one; in words, or empty. */
    List<String> look() {
        Map<Path, String> now = now();
        boolean settled = now.equals(last);
        last = now;
        if (!settled || now.equals(known)) {
            return List.of();
        }
        TreeSet<Path> all = new TreeSet<>(known.keySet());
        all.addAll(now.keySet());
        List<String> changes = all.stream()
                .filter(path -> !Objects.equals(known.get(path), now.get(path)))
                .map(path ->
                        name(path) + (!known.containsKey(path) ? " (new)" : now.containsKey(path) ? "" : " (gone)"))
                .toList();
        known = now;
        return changes;
    }

    private String name(Path path) {
        return path.startsWith(file.getParent())
                ? file.getParent().relativize(path).toString()
                : path.toString();
    }

    private Map<Path, String> now() {
        Map<Path, String> states = new TreeMap<>();
        put(states, file);
        try {
            RouteFiles.in(file.getParent()).forEach(path -> put(states, path));
        } catch (CommandException e) {
            // Whoever reads them will say so.
            return states;
        }
        return states;
    }

    private static void put(Map<Path, String> states, Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            states.put(
                    path, "%s %d %s".formatted(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
        } catch (IOException e) {
            // It is not there, or as good as that.
            states.remove(path);
        }
    }
}
