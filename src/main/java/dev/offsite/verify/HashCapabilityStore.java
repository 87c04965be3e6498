package dev.offsite.verify;

import dev.offsite.io.Text;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** Stores what {@link HashCapabilities} knows of targets in {@code hash-commands.properties} in the state folder. */
public final class HashCapabilityStore {

    private static final String NONE = "none";
    /** Stands in for the second method if there is none. */
    private static final String ALONE = "alone";

    private final Path file;

    public HashCapabilityStore(String state) {
        this.file = Path.of(state, "hash-commands.properties");
    }

    /** An entry with one method and without {@code alone} is an older version's: it works, but is probed again. */
    synchronized Optional<HashCapability> read(String target) {
        String[] words = load().getProperty(target, "").split(" ", 3);
        if (words.length < 2) {
            return Optional.empty();
        }
        try {
            if (words[0].equals(NONE)) {
                return Optional.of(
                        new HashCapability(List.of(), Instant.parse(words[1]), words.length > 2 ? words[2] : ""));
            }
            String second = words.length > 2 ? words[2] : "";
            Instant at = second.isEmpty() ? HashCapability.NEVER : Instant.EPOCH;
            return HashMethod.parse(words[0] + " " + words[1])
                    .map(first -> new HashCapability(
                            Stream.concat(Stream.of(first), HashMethod.parse(second).stream())
                                    .toList(),
                            at,
                            ""));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    public synchronized void write(String target, HashCapability rung) {
        Properties all = load();
        all.setProperty(target, text(rung));
        try {
            Files.createDirectories(file.getParent());
            Path temporary = file.resolveSibling(file.getFileName() + ".new");
            try (Writer writer = Files.newBufferedWriter(temporary)) {
                all.store(writer, "By what each target hashes files; may be removed at any time");
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private static String text(HashCapability rung) {
        List<HashMethod> ways = rung.ways();
        return switch (ways.size()) {
            case 0 -> NONE + " " + rung.at() + " " + Text.line(rung.why());
            case 1 -> ways.get(0) + " " + ALONE;
            default -> ways.get(0) + " " + ways.get(1);
        };
    }

    private Properties load() {
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            all.load(reader);
        } catch (NoSuchFileException e) {
            return all;
        } catch (IOException | IllegalArgumentException unreadable) {
            // Unreadable: the targets are probed again.
            return new Properties();
        }
        return all;
    }
}
