package dev.offsite.transfer;

import dev.offsite.job.Job;
import dev.offsite.proof.ChecksumFile.Algorithm;
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
import java.util.TreeMap;
import org.apache.camel.component.file.FileEndpoint;

/**
 * What lies in a job's source folder: the files that a ship must end with, and what it cannot take. The {@code file:}
 * consumer passes over in silence what it cannot list or open; here it is named.
 *
 * @param files regular files, symbolic links followed
 * @param unshippable name below the source folder to the reason
 */
public record SourceFiles(List<SourceFile> files, Map<String, String> unshippable) {

    /**
     * One file as it is now.
     *
     * @param modified milliseconds since the epoch
     */
    public record SourceFile(File file, long size, long modified) {}

    /** Those that a job takes, as its consumer is configured. */
    public static SourceFiles of(Job job, FileEndpoint consumer) throws IOException {
        SourceFiles all = in(job.source(), consumer.isRecursive());
        Selection selection = Selection.of(consumer);
        all.files.removeIf(file -> !selection.takes(
                job.source(), job.source().relativize(file.file().toPath())));
        all.unshippable.keySet().removeIf(name -> !selection.takes(job.source(), Path.of(name)));
        return all;
    }

    /**
     * Walks the folder.
     *
     * @param recursive whether folders in it belong to the job
     * @throws IOException if the source folder itself cannot be listed
     */
    static SourceFiles in(Path source, boolean recursive) throws IOException {
        SourceFiles found = new SourceFiles(new ArrayList<>(), new TreeMap<>());
        if (!Files.isReadable(source)) {
            throw new IOException("the source folder %s is missing or may not be read".formatted(source));
        }
        int depth = recursive ? Integer.MAX_VALUE : 1;
        Files.walkFileTree(source, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, found.new Visitor(source));
        return found;
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path source;

        Visitor(Path source) {
            this.source = source;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (attributes.isDirectory()) {
                // Below the depth that the job takes.
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink()) {
                refuse(path, "it is a symbolic link to nothing");
            } else if (!attributes.isRegularFile()) {
                refuse(path, "it is no regular file");
            } else if (ReservedName.isList(source.relativize(path))) {
                SourceChecksums.fault(path, Algorithm.SHA256)
                        .ifPresent(fault -> refuse(
                                path,
                                fault + ", as a list of checksums has; a copy cannot have this name, Offsite uses it"
                                        + " itself; put the list right or rename the file"));
            } else if (ReservedName.reason(source.relativize(path)).isPresent()) {
                refuse(path, ReservedName.reason(source.relativize(path)).get());
            } else if (!path.toFile().exists()) {
                // Java's file names are text; this one is bytes that no text has in the locale's encoding.
                refuse(path, "its name is not valid in %s".formatted(System.getProperty("sun.jnu.encoding")));
            } else {
                files.add(new SourceFile(
                        path.toFile(),
                        attributes.size(),
                        attributes.lastModifiedTime().toMillis()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) {
            refuse(
                    path,
                    e instanceof FileSystemLoopException ? "it links back to a folder above it" : "it may not be read");
            return FileVisitResult.CONTINUE;
        }

        private void refuse(Path path, String reason) {
            unshippable.put(source.relativize(path).toString(), reason);
        }
    }
}
