package dev.offsite.drill;

import dev.offsite.age.AgeIdentities;
import dev.offsite.catalog.BackupCatalog;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.history.HistoryEntry;
import dev.offsite.io.ByteProgress;
import dev.offsite.io.StateFile;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.Jobs;
import dev.offsite.manifest.Manifest;
import dev.offsite.restore.Opening;
import dev.offsite.restore.RestorePlan;
import dev.offsite.restore.RestoreResult;
import dev.offsite.restore.Restorer;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.status.Observation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Rehearses restores: restores random copies of a random verified dated folder to a temporary folder, verifies them,
 * runs the user's command on them, and deletes them.
 *
 * @param folder local one for what is restored
 * @param budget maximum bytes of a drill, except that one larger file is allowed
 */
public record Drills(
        Jobs jobs,
        BackupCatalog catalog,
        DrillLog log,
        Path folder,
        long budget,
        Clock clock,
        Random random,
        Consumer<JobEvent> events,
        Consumer<Observation> observed) {

    /** Maximum number of files of a drill, unless fewer are asked for. */
    public static final int MOST_FILES = 1000;

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Another drill of the same job is running. */
    public static final class Busy extends Exception {
        private static final long serialVersionUID = 1L;

        Busy(String job) {
            super("another drill of job %s runs now".formatted(job));
        }
    }

    /**
     * What came of a drill.
     *
     * @param target whether the target could not be reached or refused us, so that the copies were not checked
     * @param sealed whether encrypted copies were not decrypted, but compared with their hashes only
     */
    public record Outcome(DrillResult result, boolean target, boolean sealed) {}

    /**
     * Rehearses a restore of one job, and records the result in the state folder.
     *
     * @param files maximum number of files to restore
     * @param progress hears how far the downloads are
     * @throws Busy if a drill of the same job is running; nothing is recorded then
     * @throws IOException if the state folder cannot be used
     */
    public Outcome run(String job, int files, ByteProgress progress) throws Busy, IOException {
        return run(job, files, Optional.empty(), progress);
    }

    /** Like {@link #run(String, int, ByteProgress)}; with {@code identities}, encrypted copies are decrypted, too. */
    public Outcome run(String job, int files, Optional<AgeIdentities> identities, ByteProgress progress)
            throws Busy, IOException {
        long startedNanos = System.nanoTime();
        Outcome outcome = runAlone(catalog.of(job), files, identities, progress);
        DrillResult result = outcome.result();
        observed.accept(new Observation.Ended(new HistoryEntry(
                job,
                HistoryEntry.Verb.DRILL,
                result.succeeded() ? HistoryEntry.Result.OK : HistoryEntry.Result.FAILED,
                result.at(),
                Duration.ofNanos(System.nanoTime() - startedNanos),
                result.files(),
                result.bytes(),
                result.succeeded() ? 0 : 1,
                result.folder().isEmpty() ? List.of() : List.of(result.folder()),
                result.problem())));
        LOG.atLevel(result.succeeded() ? Level.INFO : Level.ERROR).log(result.summary());
        events.accept(new JobEvent.Drilled(
                job, result.at(), result.folder(), result.files(), result.succeeded(), result.problem()));
        return outcome;
    }

    private Outcome runAlone(JobCatalog catalog, int files, Optional<AgeIdentities> identities, ByteProgress progress)
            throws Busy, IOException {
        String job = catalog.job().name();
        Path place = folder.resolve(StateFile.encoded(job));
        Path locked = place.resolveSibling(place.getFileName() + ".lock");
        Files.createDirectories(place.getParent());
        try (FileChannel channel = FileChannel.open(locked, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            if (lock == null) {
                throw new Busy(job);
            }
            try {
                // Remove what a killed drill left.
                remove(place);
                Files.createDirectory(
                        place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Outcome outcome = rehearse(catalog, files, identities, place, progress);
                log.write(outcome.result());
                return outcome;
            } finally {
                remove(place);
            }
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private Outcome rehearse(
            JobCatalog catalog, int files, Optional<AgeIdentities> identities, Path place, ByteProgress progress) {
        Job job = catalog.job();
        String folder = "";
        try {
            DatedFolderRef chosen = choose(catalog);
            folder = chosen.name();
            Restorer restore =
                    new Restorer(catalog, identities.isPresent() ? Opening.with(identities) : Opening.AS_THEY_ARE);
            Snapshot snapshot = restore.read(chosen);
            List<SnapshotFile> copies = restore.choose(snapshot, List.of(), false).stream()
                    .filter(item -> !item.part())
                    .toList();
            List<SnapshotFile> sample = RandomSample.of(copies, files, budget, random);
            if (sample.isEmpty()) {
                throw new RestoreException(
                        "%s lists no copy".formatted(RemotePath.below(chosen.path(), Manifest.NAME)));
            }
            Path to = Files.createDirectory(place.resolve("restored"));
            RestorePlan plan = restore.plan(snapshot, sample, to, false);
            progress.total(plan.bytes());
            RestoreResult restored = restore.run(plan, progress);
            String problem = problem(restored);
            Optional<String> command = jobs.drillCommand(job.name());
            if (problem.isEmpty() && command.isPresent()) {
                problem = DrillCheckCommand.run(command.get(), job.name(), to, sample, DrillCheckCommand.DEADLINE)
                        .orElse("");
            }
            return new Outcome(
                    new DrillResult(job.name(), clock.instant(), folder, restored.files(), restored.bytes(), problem),
                    !restored.targetFailure().isEmpty(),
                    snapshot.encrypted() && identities.isEmpty());
        } catch (Exception e) {
            FailureMessages failure = FailureMessages.ofReading(e, job);
            String problem = Text.line(failure.message());
            return new Outcome(
                    new DrillResult(job.name(), clock.instant(), folder, 0, 0, problem), failure.target(), false);
        }
    }

    private DatedFolderRef choose(JobCatalog catalog) throws RestoreException, IOException {
        List<DatedFolderRef> places = new ArrayList<>(catalog.places());
        places.removeIf(DatedFolderRef::trash);
        Collections.shuffle(places, random);
        return catalog.firstVerified(places);
    }

    private static String problem(RestoreResult restored) {
        if (restored.succeeded() || !restored.targetFailure().isEmpty()) {
            return restored.targetFailure();
        }
        Map.Entry<String, String> first =
                restored.failed().entrySet().iterator().next();
        int more = restored.failed().size() - 1;
        return Text.line("%s: %s%s"
                .formatted(first.getKey(), first.getValue(), more == 0 ? "" : " (and %d more)".formatted(more)));
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path contentsFirst : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(contentsFirst);
            }
        }
    }
}
