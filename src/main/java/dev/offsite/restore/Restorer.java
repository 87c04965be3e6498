package dev.offsite.restore;

import dev.offsite.catalog.DateSelector;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.download.Downloads;
import dev.offsite.io.ByteProgress;
import dev.offsite.io.HashedFile;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores copies: each is hashed on arrival and gets its final name only if it has the bytes in the manifest. A copy
 * that fails is reported and does not stop the others; files that are already there are not downloaded again.
 */
public record Restorer(JobCatalog catalog) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private Job job() {
        return catalog.job();
    }

    /**
     * The dated folder for a word in the format of {@link DateSelector}; the newest without one.
     *
     * @throws RestoreException if there is none
     */
    public DatedFolderRef place(Optional<String> word) throws RestoreException, IOException {
        return place(catalog.places(), word);
    }

    /** The same among {@code places}. */
    public DatedFolderRef place(List<DatedFolderRef> places, Optional<String> word) throws RestoreException {
        if (word.isPresent() && !word.get().equals(DateSelector.LATEST)) {
            return DateSelector.find(job(), places, word.get());
        }
        return catalog.firstVerified(places);
    }

    /**
     * Selects what to restore.
     *
     * @param words names, folders and patterns; none for all
     * @param unverified whether to include files that no manifest lists, and those whose line was rewritten
     * @throws RestoreException if the folder has no usable manifest, or a word matches nothing
     */
    public static List<SnapshotFile> choose(Snapshot snapshot, List<String> words, boolean unverified)
            throws RestoreException {
        DatedFolderRef place = snapshot.place();
        checkNotTrash(place);
        if (!snapshot.listed() && !unverified) {
            String hint = snapshot.items().isEmpty() ? "" : ": --unverified restores it all the same";
            throw new RestoreException(
                    "%s: %s; nothing there is known to be good%s".formatted(place.path(), snapshot.problem(), hint));
        }
        List<SnapshotFile> there = snapshot.items().stream()
                .filter(item -> unverified || item.sha256().isPresent() || item.state() == SnapshotFile.State.REFUSED)
                .toList();
        List<SnapshotFile> chosen = FileSelection.of(there, words);
        return unverified ? chosen.stream().map(Restorer::believed).toList() : chosen;
    }

    private static SnapshotFile believed(SnapshotFile item) {
        return item.state() == SnapshotFile.State.REWRITTEN ? item.believed() : item;
    }

    public static void checkNotTrash(DatedFolderRef place) throws RestoreException {
        if (place.trash()) {
            throw new RestoreException(
                    "%s is in the trash (%s); bring it back with offsite prune --undo %s, then restore it"
                            .formatted(place.name(), place.path(), place.day()));
        }
    }

    /**
     * Checks what must be downloaded; {@code overwrite} replaces different existing files.
     *
     * @throws RestoreException if there is no room
     */
    public RestorePlan plan(Snapshot snapshot, List<SnapshotFile> items, Path to, boolean overwrite)
            throws RestoreException, IOException {
        RestoreTarget destination = new RestoreTarget(to);
        List<SnapshotFile> fetch = new ArrayList<>();
        Map<String, String> refused = new ConcurrentSkipListMap<>();
        int already = 0;
        for (SnapshotFile item : items) {
            try {
                if (item.entry().isEmpty()
                        || !item.entry().get().file()
                        || item.state() == SnapshotFile.State.REWRITTEN) {
                    refused.put(item.name(), missing(item));
                } else if (destination.has(item.name(), item.sha256(), overwrite)) {
                    already++;
                } else {
                    fetch.add(item);
                }
            } catch (IOException | InvalidPathException e) {
                refused.put(item.name(), FailureMessages.ofReading(e, job()).message());
            }
        }
        RestorePlan plan = new RestorePlan(snapshot, destination, fetch, already, refused);
        long free = destination.free();
        if (plan.bytes() > free) {
            throw new RestoreException("%s has %s free, %s are to be restored; make room there, or name another folder"
                    .formatted(destination.folder(), Text.size(free), Text.size(plan.bytes())));
        }
        return plan;
    }

    /**
     * Restores one copy to a file of any name; one that is already there is not downloaded again.
     *
     * @param overwrite whether a different existing file is replaced
     * @throws VerificationException if the bytes differ from the manifest
     * @throws IOException if it is not a regular file there, or cannot be put here
     */
    public HashedFile one(DatedFolderRef place, SnapshotFile item, Path to, boolean overwrite)
            throws IOException, VerificationException {
        if (!item.restorable() || item.state() == SnapshotFile.State.REWRITTEN) {
            throw new IOException(missing(item));
        }
        RestoreTarget destination = new RestoreTarget(to.getParent());
        String name = to.getFileName().toString();
        if (destination.has(name, item.sha256(), overwrite)) {
            return new HashedFile(item.sha256().orElseThrow(), Files.size(to));
        }
        AtomicReference<HashedFile> restored = new AtomicReference<>();
        AtomicReference<Exception> failure = new AtomicReference<>();
        String path = RemotePath.below(place.path(), item.name());
        CopyDownload copy = new CopyDownload(
                item, path, destination, destination.path(name), mode(item), bytes -> {}, (file, e) -> {
                    restored.set(file);
                    failure.set(e);
                });
        Downloads.all(catalog.connection(), job().parallel(), List.of(copy));
        if (failure.get() != null) {
            throw rethrown(failure.get());
        }
        return restored.get();
    }

    private static IOException rethrown(Exception failure) throws VerificationException {
        if (failure instanceof VerificationException differs) {
            throw differs;
        }
        return failure instanceof IOException known ? known : new IOException(failure.toString(), failure);
    }

    /** The permissions of a restored file; -1 leaves them to the umask. */
    private int mode(SnapshotFile item) {
        return job().target().modes().of(item.entry().orElseThrow().mode());
    }

    private static String missing(SnapshotFile item) {
        if (item.state() == SnapshotFile.State.REFUSED) {
            return "SHA256SUMS has it under a name that could lead out of the folder; such names are refused";
        }
        if (item.state() == SnapshotFile.State.REWRITTEN) {
            return SnapshotFile.rewritten(item.verified().orElseThrow())
                    + " (--unverified restores what is there; another dated folder may have it as it was)";
        }
        return item.state() == SnapshotFile.State.MISSING
                ? "the copy is missing on the server"
                : "it is no regular file on the server, or lies behind a link; links and devices are not followed";
    }

    /** {@code progress} hears the bytes of each write. */
    public RestoreResult run(RestorePlan plan, ByteProgress progress) throws IOException {
        Running running = new Running(plan, progress);
        plan.refused().forEach(running::failed);
        Downloads.all(catalog.connection(), job().parallel(), plan.fetch(), SnapshotFile::size, running::download);
        return running.result();
    }

    private final class Running {
        private final RestorePlan plan;
        private final ByteProgress progress;
        private final Job job = job();
        private final long startedNanos = System.nanoTime();
        private final LongAdder bytes = new LongAdder();
        private final Map<String, String> failed = new ConcurrentSkipListMap<>();
        private final AtomicReference<String> targetFailure = new AtomicReference<>("");

        Running(RestorePlan plan, ByteProgress progress) {
            this.plan = plan;
            this.progress = progress;
        }

        CopyDownload download(SnapshotFile item) {
            String path = RemotePath.below(plan.snapshot().place().path(), item.name());
            RestoreTarget destination = plan.destination();
            Path to = destination.path(item.name());
            LongConsumer arriving = progress.file(item.name(), item.size());
            return new CopyDownload(item, path, destination, to, mode(item), arriving, (file, failure) -> {
                if (failure == null) {
                    bytes.add(file.size());
                    LOG.info(
                            "{}: {} -> {} ({}, {})",
                            job.name(),
                            Text.line(path),
                            Text.line(to.toString()),
                            Text.size(file.size()),
                            item.sha256().isPresent() ? "verified" : "NOT verified");
                } else {
                    LOG.debug("{}: {}", job.name(), item.name(), failure);
                    failed(item, FailureMessages.ofReading(failure, job));
                }
            });
        }

        private void failed(SnapshotFile item, FailureMessages failure) {
            if (!failure.target()) {
                failed(item.name(), failure.message());
                return;
            }
            if (targetFailure.compareAndSet("", failure.message())) {
                LOG.error("{}: {}", job.name(), failure.message());
            }
            failed.put(item.name(), failure.message());
        }

        void failed(String name, String reason) {
            failed.put(name, reason);
            LOG.error("{}: {} NOT restored: {}", job.name(), Text.line(name), Text.line(reason));
        }

        RestoreResult result() {
            Predicate<SnapshotFile> restored = item -> !failed.containsKey(item.name());
            return new RestoreResult(
                    job.name(),
                    plan.snapshot().place().path(),
                    plan.destination().folder(),
                    (int) plan.fetch().stream().filter(restored).count(),
                    bytes.sum(),
                    System.nanoTime() - startedNanos,
                    plan.already(),
                    (int) plan.fetch().stream()
                            .filter(restored)
                            .filter(item -> item.sha256().isEmpty())
                            .count(),
                    Collections.unmodifiableMap(failed),
                    targetFailure.get());
        }
    }
}
