package dev.offsite.job;

import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.retention.RetentionPolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/**
 * One named flow: a local source folder to a root folder on a target.
 *
 * @param name the id of its route
 * @param source local folder whose finished files are shipped
 * @param root absolute folder on the target; nothing outside it is touched
 * @param ready how long a file must be unchanged before it counts as finished
 * @param doneFile pattern of the name of the file that says that another is finished, or null
 * @param after what becomes of a local file after its commit
 * @param moveTo local folder for {@link AfterCommitAction#MOVE}, else null
 * @param datedBy which day a copy's folder has
 * @param folders how the dated folders are named
 * @param zone of the days
 * @param retention which verified dated folders stay
 * @param pruning how the others are removed
 * @param parallel how many files are uploaded at a time, at most
 * @param byLink whether fewer are where the link is so short that more do not pay: nobody has said how many
 * @param limit on the bytes a second of its copies, by the time of day in its zone
 * @param target the server
 */
public record Job(
        String name,
        Path source,
        String root,
        Duration ready,
        String doneFile,
        AfterCommitAction after,
        Path moveTo,
        DatedBy datedBy,
        DatedFolder folders,
        ZoneId zone,
        RetentionPolicy retention,
        PruneSettings pruning,
        int parallel,
        boolean byLink,
        BandwidthLimit limit,
        Target target) {

    /**
     * @throws IllegalArgumentException if the root is none that a job may write below; the command says so before, an
     *     application that embeds the routes does not
     */
    public Job {
        if (!root.matches("(/[^/]+)+") || List.of(root.split("/")).stream().anyMatch(Set.of(".", "..")::contains)) {
            throw new IllegalArgumentException(
                    "the root of job %s must be an absolute path, not / itself, without . and .. and no / at its end: '%s'"
                            .formatted(name, root));
        }
    }

    /** The same without a limit of its own. */
    public Job unlimited() {
        return new Job(
                name,
                source,
                root,
                ready,
                doneFile,
                after,
                moveTo,
                datedBy,
                folders,
                zone,
                retention,
                pruning,
                parallel,
                byLink,
                BandwidthLimit.NONE,
                target);
    }

    /** Today, where the job is. */
    public LocalDate today(Clock clock) {
        return LocalDate.now(clock.withZone(zone));
    }

    /**
     * The day of the folder that a file goes into.
     *
     * @param run the day of the run
     * @param modified the file's last change
     */
    public LocalDate day(LocalDate run, Instant modified) {
        return datedBy == DatedBy.RUN ? run : LocalDate.ofInstant(modified, zone);
    }

    /** The dated folder of that day, absolute on the target. */
    public String folder(LocalDate day) {
        return root + "/" + folders.name(day);
    }

    /** Where the copies go, without the user: part of a file's identity in the ledger. */
    public String destination() {
        return target.host() + ":" + target.port() + root;
    }
}
