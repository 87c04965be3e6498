package dev.offsite.retention;

import java.time.LocalDate;
import java.util.Optional;

/**
 * One entry of a job's root, as the server lists it.
 *
 * @param name without a path
 * @param date the day in the name; empty if it is not the name of a dated folder
 * @param directory whether it is a directory itself; false for a symbolic link to one
 * @param unverified why it does not count as a backup, for people; empty if it contains a readable {@code SHA256SUMS}
 */
public record Folder(String name, Optional<LocalDate> date, boolean directory, Optional<String> unverified) {

    /** The same folder, found not to count as a backup. */
    public Folder unverified(String reason) {
        return new Folder(name, date, directory, Optional.of(reason));
    }
}
