package dev.offsite.drill;

import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.restore.RestoreResult;
import dev.offsite.restore.Restorer;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongConsumer;

/**
 * A rehearsal of a restore: restores random copies of a random verified dated folder to a temporary folder, verifies
 * them, runs the user's command on them, and deletes them.
 */
public final class Drill {

    /**
     * The limits of a drill.
     *
     * @param files maximum number of files to restore
     * @param budget maximum bytes, except that one larger file is allowed
     * @param command for {@code sh}, to run on the restored files, if any
     * @param deadline for the command
     */
    public record Bounds(int files, long budget, Optional<String> command, Duration deadline) {}

    private final JobCatalog shelf;
    private final Job job;
    private final DrillLog log;
    private final Clock clock;
    private final Random random;

    public Drill(JobCatalog shelf, DrillLog log, Clock clock, Random random) {
        this.shelf = shelf;
        this.job = shelf.job();
        this.log = log;
        this.clock = clock;
        this.random = random;
    }

    /** Another drill of the same job is running. */
    public static final class Busy extends Exception {
        private static final long serialVersionUID = 1L;

        Busy(String job) {
            super("another drill of job %s runs now".formatted(job));
        }
    }

    /**
     * Runs the drill and records its result in the state folder.
     *
     * @throws Busy if another drill is running; nothing is recorded then
     * @throws IOException if the state folder cannot be used
     */
    public Outcome run(Bounds bounds, LongConsumer progress) throws Busy, IOException {
        Path place = log.state().resolve("drill").resolve(DrillLog.encoded(job.name()));
        Files.createDirectories(place.getParent());
        try (FileChannel channel = FileChannel.open(
                        place.resolveSibling(place.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            if (lock == null) {
                throw new Busy(job.name());
            }
            try {
                // Remove what a killed drill left.
                remove(place);
                Files.createDirectory(
                        place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Outcome outcome = rehearse(bounds, place, progress);
                log.write(outcome.result());
                return outcome;
            } finally {
                remove(place);
            }
        }
    }

    /**
     * What came of a drill.
     *
     * @param target whether the target could not be reached or refused us, so that the copies were not checked
     */
    public record Outcome(DrillResult result, boolean target) {}

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (java.nio.channels.OverlappingFileLockException e) {
            return null;
        }
    }

    private Outcome rehearse(Bounds bounds, Path place, LongConsumer progress) {
        String folder = "";
        try {
            DatedFolderRef chosen = choose();
            folder = chosen.name();
            Snapshot generation = shelf.read(chosen);
            List<SnapshotFile> sample = RandomSample.of(
                    Restorer.choose(generation, List.of(), false), bounds.files(), bounds.budget(), random);
            if (sample.isEmpty()) {
                throw new RestoreException(
                        "%s lists no copy".formatted(RemotePath.below(chosen.path(), Manifest.NAME)));
            }
            Path to = Files.createDirectory(place.resolve("restored"));
            Restorer restore = new Restorer(shelf);
            RestoreResult restored = restore.run(restore.plan(generation, sample, to, false), progress);
            String problem = problem(restored);
            if (problem.isEmpty() && bounds.command().isPresent()) {
                problem = DrillCheckCommand.run(
                                bounds.command().get(),
                                job.name(),
                                to,
                                sample,
                                place.resolve("said"),
                                bounds.deadline())
                        .orElse("");
            }
            return new Outcome(
                    new DrillResult(job.name(), clock.instant(), folder, restored.files(), restored.bytes(), problem),
                    !restored.targetFailure().isEmpty());
        } catch (Exception e) {
            FailureMessages failure = FailureMessages.ofReading(e, job);
            return new Outcome(
                    new DrillResult(job.name(), clock.instant(), folder, 0, 0, Text.line(failure.message())),
                    failure.target());
        }
    }

    private DatedFolderRef choose() throws Exception {
        List<DatedFolderRef> places = new ArrayList<>(
                shelf.places().stream().filter(place -> !place.trash()).toList());
        Collections.shuffle(places, random);
        for (DatedFolderRef place : places) {
            if (shelf.hasManifest(place)) {
                return place;
            }
        }
        throw new RestoreException("there is no verified dated folder in %s on %s".formatted(job.root(), job.target()));
    }

    private static String problem(RestoreResult restored) {
        if (!restored.targetFailure().isEmpty()) {
            return restored.targetFailure();
        }
        if (restored.failed().isEmpty()) {
            return "";
        }
        Map.Entry<String, String> first =
                restored.failed().entrySet().iterator().next();
        int more = restored.failed().size() - 1;
        return Text.line("%s: %s%s"
                .formatted(first.getKey(), first.getValue(), more == 0 ? "" : " (and %d more)".formatted(more)));
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path empty, IOException e) throws IOException {
                Files.delete(empty);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
