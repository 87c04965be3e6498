package dev.offsite.job;

import dev.offsite.retention.RetentionPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;

/**
 * One named flow: a local source folder to a root folder on a target.
 *
 * @param name the id of its route
 * @param source local folder whose finished files are shipped
 * @param root absolute folder on the target; nothing outside it is touched
 * @param ready how long a file must be unchanged before it counts as finished
 * @param retention which proven dated folders stay
 * @param parallel how many files are uploaded at a time
 * @param target the server
 */
public record Job(
        String name, Path source, String root, Duration ready, RetentionPolicy retention, int parallel, Target target) {

    /** The dated folder of that day, absolute on the target. */
    public String folder(LocalDate day) {
        return root + "/" + DatedFolder.name(day);
    }

    /** Where the copies go, without the user: part of a file's identity in the ledger. */
    public String destination() {
        return target.host() + ":" + target.port() + root;
    }
}
