package dev.offsite.retention;

import java.time.LocalDate;
import java.util.Optional;

/**
 * One entry of a job's root, as the server lists it.
 *
 * @param name its name, without a path
 * @param date the day that the name stands for, empty where it is not the name of a dated folder
 * @param directory whether it is a directory itself; false for a symbolic link to one
 * @param unverified why it does not count as a backup, for people; empty where it holds a {@code SHA256SUMS} that can be read
 */
public record Folder(String name, Optional<LocalDate> date, boolean directory, Optional<String> unverified) {

    /** The same folder, which turned out not to count. */
    public Folder unverified(String reason) {
        return new Folder(name, date, directory, Optional.of(reason));
    }
}
