package dev.offsite.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A small text file of one job in the state folder, such as {@code db.status} for job db. It is replaced in one step, so
 * other processes may read it at any time.
 */
public record StateFile(Path path) {

    public static StateFile of(String state, String job, String kind) {
        return new StateFile(Path.of(state, encoded(job) + "." + kind));
    }

    /** The name of a job as a file name. */
    public static String encoded(String job) {
        return URLEncoder.encode(job, StandardCharsets.UTF_8);
    }

    /** Its lines; empty if there is no such file. */
    public Optional<List<String>> read() {
        try {
            return Optional.of(Files.readAllLines(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }

    public void write(Collection<String> lines) {
        try {
            Files.createDirectories(path.getParent());
            Path temporary = path.resolveSibling(path.getFileName() + ".new");
            Files.write(temporary, lines);
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path, e);
        }
    }
}
