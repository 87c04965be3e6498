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
 * Detects changes of a configuration file and its route files. Editors may write more than once, so a change is
 * reported only when two looks in a row see the same state.
 */
public final class FileChangeWatcher {

    private final Path file;
    private Map<Path, String> known;
    private Map<Path, String> last;

    FileChangeWatcher(Path file) {
        this.file = file.toAbsolutePath().normalize();
        forget();
    }

    /** Treats the current state as known. */
    void forget() {
        known = now();
        last = known;
    }

    /** The changes since the last report, in words; empty until two looks in a row agree. */
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
            // Whoever reads the files reports the error.
        }
        return states;
    }

    private static void put(Map<Path, String> states, Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            states.put(
                    path, "%s %d %s".formatted(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
        } catch (IOException e) {
            // Treat an unreadable file as missing.
        }
    }
}
