package dev.offsite.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files and folders that only their owner may read, such as those of the state folder. */
public final class PrivateFiles {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /** Opens a file for writing that only we may read; creates it if it is missing. */
    public static FileChannel open(Path file, OpenOption... how) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        options.addAll(List.of(how));
        return FileChannel.open(file, options, only(FILE));
    }

    /** Replaces a file in one step. {@code durable}: and returns after it is on disk. */
    public static void replace(Path file, String text, boolean durable) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = open(temporary, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, text);
            if (durable) {
                channel.force(true);
            }
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (durable) {
            syncFolder(file.getParent());
        }
    }

    public static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Makes new or replaced names in the folder survive a power cut. */
    public static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    public static void makeFolder(Path folder) throws IOException {
        Files.createDirectories(folder, only(FOLDER));
    }

    /** Makes the state folder, and takes all rights in it from other users. */
    public static void makePrivate(Path state) throws IOException {
        if (state.toAbsolutePath().getParent() != null) {
            Files.createDirectories(state.toAbsolutePath().getParent());
        }
        makeFolder(state);
        if (!isPosix() || Files.getPosixFilePermissions(state).equals(FOLDER)) {
            return;
        }
        try (Stream<Path> all = Files.walk(state)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.setPosixFilePermissions(path, FOLDER);
                } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.setPosixFilePermissions(path, FILE);
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            LOG.warn("the state folder {} cannot be closed to other users: {}", state, e.getMessage());
        }
    }

    private static FileAttribute<?>[] only(Set<PosixFilePermission> rights) {
        return isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)}
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
