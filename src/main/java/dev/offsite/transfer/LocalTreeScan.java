package dev.offsite.transfer;

import dev.offsite.source.FileState;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Finds the local files to put. Symbolic links below the top are refused by name and never followed. */
public final class LocalTreeScan extends SimpleFileVisitor<Path> {

    private final Path top;
    private final FileTree tree = FileTree.empty();

    private LocalTreeScan(Path top) {
        this.top = top;
    }

    /**
     * Looks at a file, or walks a folder.
     *
     * @throws NoSuchFileException if there is nothing
     * @throws IOException if it cannot be read, or is neither
     */
    static FileTree of(Path path) throws IOException {
        BasicFileAttributes is = Files.readAttributes(path, BasicFileAttributes.class);
        if (is.isRegularFile()) {
            return FileTree.ofFile(
                    is.size(),
                    is.lastModifiedTime().toInstant(),
                    FileState.of(path).mode());
        }
        if (!is.isDirectory()) {
            throw new IOException("%s is neither a file nor a folder".formatted(path));
        }
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        LocalTreeScan walk = new LocalTreeScan(path.toRealPath());
        Files.walkFileTree(walk.top, walk);
        return walk.tree;
    }

    private String name(Path path) {
        return top.relativize(path).toString();
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes is) throws IOException {
        if (folder.equals(top)) {
            return FileVisitResult.CONTINUE;
        }
        if (isUnnameable(folder)) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        FileTree.Folder as = new FileTree.Folder(
                is.lastModifiedTime().toInstant(), FileState.of(folder).mode());
        tree.folders().put(name(folder), as);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes is) throws IOException {
        if (is.isSymbolicLink()) {
            tree.refused().put(name(file), FileTree.LINK);
        } else if (!is.isRegularFile()) {
            tree.refused().put(name(file), FileTree.SPECIAL);
        } else if (!isUnnameable(file)) {
            tree.add(new FileTreeEntry(
                    name(file),
                    is.size(),
                    is.lastModifiedTime().toInstant(),
                    FileState.of(file).mode()));
        }
        return FileVisitResult.CONTINUE;
    }

    /** Java cannot send a name whose bytes are invalid in the locale's encoding. */
    private boolean isUnnameable(Path path) {
        boolean unnameable = !path.toFile().exists();
        if (unnameable) {
            String encoding = System.getProperty("sun.jnu.encoding");
            tree.refused().put(name(path), "it is gone, or its name is not valid in " + encoding);
        }
        return unnameable;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
        tree.refused().put(name(path), "it may not be read here");
        return FileVisitResult.CONTINUE;
    }
}
