package dev.offsite.source;

import dev.offsite.source.ChecksumFile.Algorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        Listing listing = listings.compute(
                folder, (path, known) -> known != null && known.changed() == changed ? known : list(path, changed));
        return new Folder(folder, listing == null ? null : listing.names());
    }

    /** {@code names} of checksum files are in lower case; null if unknown. */
    record Folder(Path path, Set<String> names) {
        /** Whether a file of this name may exist; false only if there is none. */
        boolean mayHave(String name) {
            return names == null || (!names.isEmpty() && names.contains(name.toLowerCase(Locale.ROOT)));
        }
    }

    /** Null if the folder cannot be listed, or may change again unnoticed. */
    private static Listing list(Path folder, long changed) {
        // The file system's clock, as in the consumer's filter.
        if (changed == 0 || changed + UNSURE_MILLIS > System.currentTimeMillis()) {
            return null;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            Set<String> names = entries.map(
                            entry -> entry.getFileName().toString().toLowerCase(Locale.ROOT))
                    .filter(ChecksumIndex::isChecksumFile)
                    .collect(Collectors.toSet());
            return new Listing(changed, names);
        } catch (IOException | UncheckedIOException e) {
            return null;
        }
    }

    private static boolean isChecksumFile(String name) {
        return Stream.of(Algorithm.values())
                .anyMatch(one -> name.endsWith(one.suffix()) || name.equalsIgnoreCase(one.listName()));
    }
}
