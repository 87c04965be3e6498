package dev.offsite.source;

import dev.offsite.job.Job;
import dev.offsite.source.ChecksumFile.Algorithm;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.file.FileEndpoint;

/**
 * The contents of a job's source folder: the files that must be shipped, and those that cannot be. The {@code file:}
 * consumer silently skips what it cannot list or open; here it is reported.
 *
 * @param files regular files, symbolic links followed
 * @param unshippable name below the source folder to the reason
 * @param counts how many files each setting leaves
 * @param setAside what a run that was killed was about to delete or move
 */
public record SourceScan(
        List<SourceFile> files, Map<String, String> unshippable, Counts counts, List<SetAside> setAside) {

    private static final int PORTION = 500;

    /** How many files the folder has, how many the patterns select, and how many of those are finished. */
    public static final class Counts {
        private long files;
        private long matching;
        private long finished;

        long files() {
            return files;
        }

        long matching() {
            return matching;
        }

        long finished() {
            return finished;
        }
    }

    /**
     * A file in the source folder, as it was listed.
     *
     * @param modified milliseconds since the epoch
     */
    public record SourceFile(File file, long size, long modified) {

        /** The file as it is now. */
        public static SourceFile of(File file) {
            return new SourceFile(file, file.length(), file.lastModified());
        }

        /** Whether its size or time is another one now. */
        public boolean hasChanged() {
            return !equals(of(file));
        }

        /** Avoids {@code File.toPath}, whose result the file would keep. */
        public String below(Path source) {
            return SourceScan.below(source, Path.of(file.getPath())).toString();
        }
    }

    /** A file's name below the source, without {@link Path#relativize}, which splits every path into its parts. */
    public static Path below(Path source, Path file) {
        return file.subpath(source.getNameCount(), file.getNameCount());
    }

    /** The files that the job's consumer takes, reduced to {@code wanted} to save memory. */
    public static SourceScan of(CamelContext camel, Job job, Predicate<SourceFile> wanted) throws IOException {
        return of(camel, job, null, wanted, null);
    }

    /**
     * The same for callers that look up what they want.
     *
     * @param ahead called with some hundred files before {@code wanted} is for each of these; null if nothing is to be done
     * @param leftOut called with the name and the reason of each file that the settings leave out; may be null
     */
    public static SourceScan of(
            CamelContext camel,
            Job job,
            Consumer<List<SourceFile>> ahead,
            Predicate<SourceFile> wanted,
            BiConsumer<String, String> leftOut)
            throws IOException {
        FileEndpoint consumer = (FileEndpoint) camel.getRoute(job.name()).getEndpoint();
        return in(job.source(), consumer.isRecursive(), IncludeExclude.of(consumer), ahead, wanted, leftOut);
    }

    /** {@code recursive}: whether folders in it belong to the job. Fails only if the source folder cannot be listed. */
    public static SourceScan in(Path source, boolean recursive) throws IOException {
        return in(source, recursive, new IncludeExclude(null, null), null, file -> true, null);
    }

    private static SourceScan in(
            Path source,
            boolean recursive,
            IncludeExclude selection,
            Consumer<List<SourceFile>> ahead,
            Predicate<SourceFile> wanted,
            BiConsumer<String, String> leftOut)
            throws IOException {
        SourceScan found = new SourceScan(new SourceFiles(), new TreeMap<>(), new Counts(), new ArrayList<>());
        if (!Files.isDirectory(source) || !Files.isReadable(source)) {
            throw new IOException("the source folder %s is missing or may not be read".formatted(source));
        }
        int depth = recursive ? Integer.MAX_VALUE : 1;
        Visitor visitor = found.new Visitor(source, selection, ahead, wanted, leftOut);
        Files.walkFileTree(source, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, visitor);
        visitor.keepWanted();
        return found;
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path source;
        private final IncludeExclude selection;
        private final Consumer<List<SourceFile>> ahead;
        private final Predicate<SourceFile> wanted;
        private final BiConsumer<String, String> leftOut;
        private final List<SourceFile> portion = new ArrayList<>();

        Visitor(
                Path source,
                IncludeExclude selection,
                Consumer<List<SourceFile>> ahead,
                Predicate<SourceFile> wanted,
                BiConsumer<String, String> leftOut) {
            this.source = source;
            this.selection = selection;
            this.ahead = ahead;
            this.wanted = wanted;
            this.leftOut = leftOut;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            Path name = below(source, path);
            if (attributes.isDirectory()) {
                // Deeper than the job looks.
                boolean files = hasFiles(path);
                counts.files += files ? 1 : 0;
                if (files && leftOut != null) {
                    leftOut.accept(name + "/", "the job takes no subfolders (recursive=false)");
                }
            } else if (SetAside.matches(path.getFileName().toString())) {
                if (attributes.isRegularFile()) {
                    setAside.add(SetAside.ofHidden(path));
                }
            } else if (selects(name)) {
                Optional<String> reason = refusal(path, name, attributes);
                if (reason.isPresent()) {
                    unshippable.put(name.toString(), reason.get());
                } else if (!ReservedName.isList(name)) {
                    long modified = attributes.lastModifiedTime().toMillis();
                    portion.add(new SourceFile(path.toFile(), attributes.size(), modified));
                    if (ahead == null || portion.size() == PORTION) {
                        keepWanted();
                    }
                }
            }
            return FileVisitResult.CONTINUE;
        }

        void keepWanted() {
            if (ahead != null) {
                ahead.accept(portion);
            }
            portion.stream().filter(wanted).forEach(files::add);
            portion.clear();
        }

        private boolean selects(Path name) {
            boolean wants = selection.wants(name);
            boolean takes = wants && selection.isFinished(source, name);
            if (!ReservedName.isList(name) && !selection.isMarker(name)) {
                counts.files++;
                counts.matching += wants ? 1 : 0;
                counts.finished += takes ? 1 : 0;
                if (!takes && leftOut != null) {
                    leftOut.accept(
                            name.toString(),
                            wants ? "its marker (done-file) is not there" : "include and exclude do not select it");
                }
            }
            return takes;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) {
            Path name = source.relativize(path);
            if (selects(name)) {
                boolean loop = e instanceof FileSystemLoopException;
                unshippable.put(name.toString(), loop ? "it links back to a folder above it" : "it may not be read");
            }
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean hasFiles(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.anyMatch(Files::isRegularFile);
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<String> refusal(Path path, Path name, BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return Optional.of("it is a symbolic link to nothing");
        }
        if (!attributes.isRegularFile()) {
            return Optional.of("it is no regular file");
        }
        if (ReservedName.isList(name)) {
            return SourceChecksums.fault(path, Algorithm.SHA256)
                    .map(fault -> fault + ", as a list of checksums has; a copy cannot have this name, Offsite uses it"
                            + " itself; put the list right or rename the file");
        }
        if (ReservedName.reason(name).isPresent()) {
            return ReservedName.reason(name);
        }
        // Java's file names are text; this one has bytes that the locale's encoding cannot represent.
        return path.toFile().exists()
                ? Optional.empty()
                : Optional.of("its name is not valid in %s".formatted(System.getProperty("sun.jnu.encoding")));
    }
}
