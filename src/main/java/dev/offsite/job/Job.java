package dev.offsite.job;

import dev.offsite.age.Encryption;
import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.retention.RetentionPolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One configured backup job: it ships a local source folder to a root folder on a target.
 *
 * @param name the id of its route
 * @param source local folder whose finished files are shipped
 * @param root absolute folder on the target; nothing outside it is touched
 * @param ready how long a file must be unchanged before it counts as finished
 * @param doneFile name pattern of the marker file that shows that a file is finished, or null
 * @param moveTo local folder for {@link AfterCommitAction#MOVE}, else null
 * @param zone the time zone that decides the day
 * @param retention which verified dated folders to keep
 * @param pruning how the others are removed
 * @param shared whether other installations write to the root too
 * @param parallel maximum number of files uploaded at a time
 * @param byLink whether to use fewer uploads on a low-latency link; true if {@code parallel} is the default
 * @param limit maximum bytes a second for uploads, by the time of day in its zone
 * @param maxAge how old the last verified copy may be; empty if nobody said so
 * @param encryption of the copies; empty if they are as the source is
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
        boolean shared,
        int parallel,
        boolean byLink,
        BandwidthLimit limit,
        Optional<Duration> maxAge,
        Optional<Encryption> encryption,
        Target target) {

    /**
     * Fails with {@link IllegalArgumentException} if a job may not write below the root. The command checks this earlier; an
     *     application that embeds the routes does not.
     */
    public Job {
        if (!root.matches("(/[^/]+)+") || List.of(root.split("/")).stream().anyMatch(Set.of(".", "..")::contains)) {
            throw new IllegalArgumentException(
                    "the root of job %s must be an absolute path, not / itself, without . and .. and no / at its end: '%s'"
                            .formatted(name, root));
        }
    }

    /** Of what tells jobs apart. For all components, Java would generate code at each start. */
    @Override
    public int hashCode() {
        return 31 * name.hashCode() + root.hashCode();
    }

    /** For files that a command transfers by itself, to and from a server that no job has. It ships nothing. */
    public static Job ofTransfer(Target target, Optional<Encryption> encryption) {
        return new Job(
                "transfer",
                Path.of("."),
                "/transfer",
                Duration.ZERO,
                null,
                AfterCommitAction.KEEP,
                null,
                DatedBy.RUN,
                DatedFolder.BASIC,
                ZoneId.systemDefault(),
                RetentionPolicy.KEEP_ALL,
                new PruneSettings(true, Duration.ZERO, 0),
                false,
                Integer.parseInt(Setting.PARALLEL.defaultValue()),
                true,
                BandwidthLimit.NONE,
                Optional.empty(),
                encryption,
                target);
    }

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
                shared,
                parallel,
                byLink,
                BandwidthLimit.NONE,
                maxAge,
                encryption,
                target);
    }

    public LocalDate today(Clock clock) {
        return LocalDate.now(clock.withZone(zone));
    }

    /** The day of a file's dated folder: that of the run or of the file's last change. */
    public LocalDate day(LocalDate run, Instant modified) {
        return datedBy == DatedBy.RUN ? run : LocalDate.ofInstant(modified, zone);
    }

    /** The absolute path on the target of that day's dated folder. */
    public String folder(LocalDate day) {
        return root + "/" + folders.name(day);
    }

    /** Where the copies go, without the user; part of a file's key in the ledger. */
    public String destination() {
        return target.way().jumps().isEmpty() ? target.host() + ":" + target.port() + root : target.server() + root;
    }
}
