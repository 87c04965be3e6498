package dev.offsite.source;

import dev.offsite.source.ChecksumFile.Algorithm;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which names of checksum files there are in local folders. Hardly any folder has one, and to ask the file system for each that
 * could lie beside each of many small files takes longer than to hash them. A folder is listed again only when it has changed.
 */
public final class ChecksumIndex {

    /** A folder that has changed less than that before it is listed may change again and look the same (FAT counts by two seconds). */
    private static final long UNSURE_MILLIS = 2_000;

    private final Map<Path, Listing> listings = new ConcurrentHashMap<>();

    /**
     * What was found.
     *
     * @param changed the folder's time of last change, by which it is known again
     * @param names of checksum files, in lower case
     */
    private record Listing(long changed, Set<String> names) {}

    /** A folder as it is now. */
    Folder in(Path folder) {
        long changed = folder.toFile().lastModified();
        // By the file system's clock, as the consumer's own filter goes.
        Listing known = listings.get(folder);
        if (known == null || known.changed() != changed) {
            known = changed == 0 || changed + UNSURE_MILLIS > System.currentTimeMillis() ? null : list(folder, changed);
            if (known != null) {
                listings.put(folder, known);
            }
        }
        return new Folder(folder, known == null ? null : known.names());
    }

    /**
     * One folder.
     *
     * @param names of checksum files in it, in lower case; null where they are not known
     */
    record Folder(Path path, Set<String> names) {
        /** Whether a file of that name may be there; false only if there is none. */
        boolean mayHave(String name) {
            return names == null || (!names.isEmpty() && names.contains(name.toLowerCase(Locale.ROOT)));
        }
    }

    /** Null where it may not be listed. */
    private static Listing list(Path folder, long changed) {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
                if (isChecksumFile(name)) {
                    names.add(name);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return null;
        }
        return new Listing(changed, names);
    }

    private static boolean isChecksumFile(String name) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (name.endsWith(algorithm.suffix()) || name.equalsIgnoreCase(algorithm.listName())) {
                return true;
            }
        }
        return false;
    }
}
