package dev.offsite.source;

import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.source.ChecksumFile.Algorithm;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Finds the checksums beside local files: {@code dump.gz.sha256}, {@code dump.gz.sha512}, and {@code SHA256SUMS} or
 * {@code SHA512SUMS} in the file's folder or one above it, up to the source. A list is read again only when it has
 * changed.
 */
public final class SourceChecksums {

    private static final long LARGEST_OF_ONE = 1 << 20;
    private static final int MOST_UNREADABLE = 1000;

    private final Path source;
    private final Readiness readiness;
    private final ChecksumIndex names = new ChecksumIndex();
    private final Map<Path, CheckList> lists = new ConcurrentHashMap<>();

    /** {@code readiness}: when a list counts as finished. */
    public SourceChecksums(Path source, Readiness readiness) {
        this.source = source;
        this.readiness = readiness;
    }

    /**
     * The hash that a checksum file has for a file.
     *
     * @param by the checksum file that says so
     * @param hash lower-case hex
     */
    public record Expected(Path by, Algorithm algorithm, String hash) {}

    /** {@code file} is the list as it was read. */
    private record CheckList(SourceFile file, Map<Path, String> hashes, Set<Path> ambiguous, List<String> unreadable) {}

    /** When it, and the files beside it, count as finished. */
    public Readiness readiness() {
        return readiness;
    }

    /** All hashes that a file must have now; fails if a checksum file for it cannot be understood. */
    public List<Expected> of(Path file) throws IOException {
        List<ChecksumIndex.Folder> folders = folders(file);
        List<Expected> all = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            if (folders.get(0).mayHave(file.getFileName() + algorithm.suffix())) {
                own(file, algorithm).ifPresent(all::add);
            }
            for (ChecksumIndex.Folder folder : folders) {
                if (folder.mayHave(algorithm.listName())) {
                    listed(file, folder.path(), algorithm).ifPresent(all::add);
                }
            }
        }
        return all;
    }

    /** The file's folder first, then those above it up to the source. */
    private List<ChecksumIndex.Folder> folders(Path file) {
        List<ChecksumIndex.Folder> folders = new ArrayList<>();
        Path folder = file.getParent();
        folders.add(names.in(folder));
        while (folder.startsWith(source) && !folder.equals(source)) {
            folder = folder.getParent();
            folders.add(names.in(folder));
        }
        return folders;
    }

    private static Optional<Expected> own(Path file, Algorithm algorithm) throws IOException {
        String name = file.getFileName().toString();
        Path by = file.resolveSibling(name + algorithm.suffix());
        // Rarely exists, and Files would create an exception each time.
        if (!by.toFile().isFile()) {
            return Optional.empty();
        }
        String hash = Files.size(by) > LARGEST_OF_ONE
                ? null
                : ChecksumFile.parse(read(by), algorithm).own(name).orElse(null);
        if (hash == null) {
            throw new SourceChecksumException("%s has no %s of it%s"
                    .formatted(
                            by.getFileName(),
                            algorithm.javaName(),
                            Files.size(by) == 0 ? ": it is empty, perhaps it is still being written" : ""));
        }
        return Optional.of(new Expected(by, algorithm, hash));
    }

    private Optional<Expected> listed(Path file, Path folder, Algorithm algorithm) throws IOException {
        Path by = folder.resolve(algorithm.listName());
        if (by.equals(file) || !by.toFile().isFile()) {
            return Optional.empty();
        }
        CheckList list = list(by, algorithm);
        Path key = file.normalize();
        String hash = list.hashes().get(key);
        if (list.ambiguous().contains(key)) {
            throw new SourceChecksumException("%s has several for it".formatted(source(by)));
        }
        if (hash == null
                && list.unreadable().stream()
                        .anyMatch(line -> names(line, file.getFileName().toString()))) {
            throw new SourceChecksumException(
                    "%s has a line with its name that has no %s".formatted(source(by), algorithm.javaName()));
        }
        // The clock of the consumer's own filter.
        if (hash == null
                && !readiness.isFinished(list.file().file(), list.file().modified(), System.currentTimeMillis())) {
            throw new SourceChecksumException("%s is still being written".formatted(source(by)));
        }
        return Optional.ofNullable(hash).map(known -> new Expected(by, algorithm, known));
    }

    private CheckList list(Path by, Algorithm algorithm) throws IOException {
        SourceFile now = SourceFile.of(by.toFile());
        CheckList known = lists.get(by);
        if (known == null || !known.file().equals(now)) {
            known = read(by, algorithm, now);
            lists.put(by, known);
        }
        return known;
    }

    private static CheckList read(Path by, Algorithm algorithm, SourceFile file) throws IOException {
        ChecksumFile text = ChecksumFile.parse(read(by), algorithm);
        Map<Path, String> hashes = new HashMap<>();
        Set<Path> ambiguous = text.ambiguous().stream()
                .flatMap(name -> path(by, name).stream())
                .collect(Collectors.toSet());
        text.entries().forEach((name, hash) -> path(by, name).ifPresent(path -> {
            String other = hashes.put(path, hash);
            if (other != null && !other.equals(hash)) {
                ambiguous.add(path);
            }
        }));
        List<String> unreadable =
                text.unreadable().stream().limit(MOST_UNREADABLE).toList();
        return new CheckList(file, hashes, ambiguous, unreadable);
    }

    /** Whether a line without a hash ends in this name, so that the file's entry is damaged. */
    private static boolean names(String line, String fileName) {
        int before = line.length() - fileName.length() - 1;
        return line.endsWith(fileName) && (before < 0 || " \t*/".indexOf(line.charAt(before)) >= 0);
    }

    /** The file that a list means; its names are relative to its folder. */
    private static Optional<Path> path(Path by, String name) {
        try {
            return name.isEmpty()
                    ? Optional.empty()
                    : Optional.of(by.resolveSibling(name).normalize());
        } catch (InvalidPathException noFileHasSuchAName) {
            return Optional.empty();
        }
    }

    private static String read(Path by) throws IOException {
        try {
            return new String(Files.readAllBytes(by), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SourceChecksumException("%s cannot be read (%s)".formatted(by.getFileName(), Text.reason(e)));
        }
    }

    /** Why a list in a source folder is invalid; empty if it is valid. */
    static Optional<String> fault(Path list, Algorithm algorithm) {
        try {
            return ChecksumFile.parse(read(list), algorithm).entries().keySet().stream()
                            .allMatch(String::isEmpty)
                    ? Optional.of(
                            "it has no line of %ssum".formatted(algorithm.name().toLowerCase(java.util.Locale.ROOT)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("it cannot be read (%s)".formatted(Text.reason(e)));
        }
    }

    /**
     * Compares a file that was read with all current checksums, some of which may be new since reading began.
     *
     * @return the names of the checksum files that it matches
     * @throws SourceChecksumException if it does not match one
     */
    public List<String> check(Path file, HashingInputStream read) throws IOException {
        List<String> matched = new ArrayList<>();
        for (Expected expected : of(file)) {
            Optional<String> hash = read.hash(expected.algorithm().javaName());
            if (hash.isPresent() && !hash.get().equals(expected.hash())) {
                throw new SourceChecksumException(
                        "it does not match %s (expected %s, found %s): it was damaged or changed after it was hashed"
                                .formatted(source(expected.by()), shortened(expected.hash()), shortened(hash.get())));
            }
            if (hash.isPresent()) {
                matched.add(source(expected.by()));
            }
        }
        return matched;
    }

    private String source(Path by) {
        return by.startsWith(source)
                ? source.relativize(by).toString()
                : by.getFileName().toString();
    }

    private static String shortened(String hash) {
        return hash.substring(0, 12) + "…";
    }
}
