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
 * Remembers which checksum files exist in local folders. Few folders have any, and checking beside each of many small
 * files takes longer than hashing them. A folder is listed again only when it has changed.
 */
public final class ChecksumIndex {

    /** A folder changed more recently than this may change again with the same timestamp (FAT has two-second steps). */
    private static final long UNSURE_MILLIS = 2_000;

    private final Map<Path, Listing> listings = new ConcurrentHashMap<>();

    /**
     * @param changed the folder's modification time when it was listed
     * @param names of checksum files, in lower case
     */
    private record Listing(long changed, Set<String> names) {}

    Folder in(Path folder) {
        long changed = folder.toFile().lastModified();
        // The file system's clock, as in the consumer's filter.
        Listing known = listings.get(folder);
        if (known == null || known.changed() != changed) {
            known = changed == 0 || changed + UNSURE_MILLIS > System.currentTimeMillis() ? null : list(folder, changed);
            if (known != null) {
                listings.put(folder, known);
            }
        }
        return new Folder(folder, known == null ? null : known.names());
    }

    /** {@code names} of checksum files are in lower case; null if unknown. */
    record Folder(Path path, Set<String> names) {
        /** Whether a file of this name may exist; false only if there is none. */
        boolean mayHave(String name) {
            return names == null || (!names.isEmpty() && names.contains(name.toLowerCase(Locale.ROOT)));
        }
    }

    /** Null if the folder cannot be listed. */
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
