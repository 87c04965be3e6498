package dev.offsite.io;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small text file of one job in the state folder, such as {@code db.status} for job db. It is replaced in one step, so
 * other processes of the same user may read it at any time.
 */
public record StateFile(Path path) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final int LONGEST = 200;

    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    public static StateFile of(String state, String job, String kind) {
        return new StateFile(Path.of(state, encoded(job) + "." + kind));
    }

    /** The name of a job as a file name. */
    public static String encoded(String job) {
        return URLEncoder.encode(job, StandardCharsets.UTF_8);
    }

    /** Encodes any text as a file name of at most 255 bytes. */
    public static String fileName(String text) {
        String encoded = encoded(text);
        if (encoded.length() <= LONGEST) {
            return encoded;
        }
        byte[] hash = HashingInputStream.sha256Digest().digest(text.getBytes(StandardCharsets.UTF_8));
        return encoded.substring(0, LONGEST / 2) + "-" + HexFormat.of().formatHex(hash, 0, 16);
    }

    /** Its lines; empty if there is no such file. Fails with {@link StateException} if it cannot be read. */
    public Optional<List<String>> read() {
        try {
            return Optional.of(Files.readAllLines(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateException.unreadable(path, e);
        }
    }

    /** The same, one line after another: there may be a hundred thousand. None if there is no such file. */
    public void read(Consumer<String> each) {
        try (BufferedReader lines = Files.newBufferedReader(path)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                each.accept(line);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw StateException.unreadable(path, e);
        }
    }

    /** Returns after the lines are on disk. Fails with {@link StateException} */
    public void write(Collection<String> lines) {
        try {
            makeFolder(path.getParent());
            replace(String.join("", lines.stream().map(line -> line + "\n").toList()), true);
        } catch (IOException e) {
            throw StateException.unwritable(path, e);
        }
    }

    /** Replaces the content in one step. {@code durable}: and returns after it is on disk. */
    public void replace(String text, boolean durable) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ".new");
        try (FileChannel channel = open(temporary, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, text);
            if (durable) {
                channel.force(true);
            }
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (durable) {
            syncFolder(path.getParent());
        }
    }

    /** Opens a file for writing that only we may read; creates it if it is missing. */
    public static FileChannel open(Path file, OpenOption... how) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        options.addAll(List.of(how));
        return FileChannel.open(file, options, only(FILE));
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
