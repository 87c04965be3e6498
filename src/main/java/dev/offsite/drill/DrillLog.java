package dev.offsite.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Remembers the last drill of each job as one line in {@code <job>.drill} in the state folder. */
public final class DrillLog {

    private final Path folder;

    public DrillLog(String state) {
        this.folder = Path.of(state);
    }

    Path state() {
        return folder;
    }

    public Optional<DrillResult> last(String job) {
        try {
            return DrillResult.parse(job, Files.readString(file(job)).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file(job), e);
        }
    }

    void write(DrillResult result) {
        Path file = file(result.job());
        try {
            Files.createDirectories(folder);
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, result.format() + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private Path file(String job) {
        return folder.resolve(encoded(job) + ".drill");
    }

    static String encoded(String job) {
        return URLEncoder.encode(job, StandardCharsets.UTF_8);
    }
}
