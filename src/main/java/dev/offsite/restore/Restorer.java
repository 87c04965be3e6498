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
import java.util.Comparator;
import java.util.HashMap;
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
public record Restorer(JobCatalog catalog, Opening opening) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** For what needs no identity. */
    public Restorer(JobCatalog catalog) {
        this(catalog, Opening.NONE);
    }

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
     * @param unverified whether to include files that no manifest lists, and those whose line was rewritten or that cannot be
     *     told from what somebody else has put there
     * @throws RestoreException if the folder has no usable manifest, or a word matches nothing
     */
    public List<SnapshotFile> choose(Snapshot snapshot, List<String> words, boolean unverified)
            throws RestoreException {
        DatedFolderRef place = snapshot.place();
        checkNotTrash(place);
        if (!snapshot.listed() && !unverified) {
            String hint = snapshot.items().isEmpty() ? "" : ": --unverified restores it all the same";
            throw new RestoreException(
                    "%s: %s; nothing there is known to be good%s".formatted(place.path(), snapshot.problem(), hint));
        }
        List<SnapshotFile> there = snapshot.items().stream()
                .filter(item -> !item.part() || opening.asTheyAre())
                .filter(item -> unverified || item.sha256().isPresent() || isKnown(item))
                .toList();
        List<SnapshotFile> chosen = FileSelection.of(there, words);
        return unverified ? chosen.stream().map(Restorer::believed).toList() : chosen;
    }

    /** Whether it should be there, although it is not listed. */
    private static boolean isKnown(SnapshotFile item) {
        return item.state() == SnapshotFile.State.REFUSED || item.state().sealed();
    }

    private static SnapshotFile believed(SnapshotFile item) {
        boolean doubted =
                item.state() == SnapshotFile.State.REWRITTEN || item.state().sealed();
        return doubted && item.entry().isPresent() ? item.believed() : item;
    }

    /**
     * Reads a dated folder, and what is inside its copies if they are encrypted.
     *
     * @throws EncryptedException if they are, and there is no identity
     */
    public Snapshot read(DatedFolderRef place) throws IOException, EncryptedException {
        return opening.open(catalog, catalog.read(place));
    }

    public static void checkNotTrash(DatedFolderRef place) throws RestoreException {
        if (place.trash()) {
            throw new RestoreException(
                    "%s is in the trash (%s); bring it back with offsite prune --undo %s, then restore it"
                            .formatted(place.name(), place.path(), place.day()));
        }
    }

    /**
     * The copy of that name, or with a file of that name inside.
     *
     * @throws RestoreException if the manifest lists none
     */
    public SnapshotFile copy(DatedFolderRef place, String name)
            throws IOException, RestoreException, EncryptedException {
        if (opening.identities().isEmpty()) {
            return catalog.item(place, name);
        }
        List<SnapshotFile> fitting = read(place).files().stream()
                .filter(item -> item.state() != SnapshotFile.State.UNVERIFIED)
                .filter(item -> item.shown().equals(name) || item.name().equals(name))
                .sorted(Comparator.comparing(
                        (SnapshotFile item) -> !item.shown().equals(name)))
                .toList();
        if (fitting.size() > 1 && fitting.get(1).shown().equals(name)) {
            throw new RestoreException("%s and %s are both %s: name the one that you want"
                    .formatted(fitting.get(0).name(), fitting.get(1).name(), Text.line(name)));
        }
        if (fitting.isEmpty()) {
            throw new RestoreException("%s has no copy called '%s'".formatted(place.path(), Text.line(name)));
        }
        return fitting.get(0);
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
        Map<String, SnapshotFile> doubles = doubles(items);
        for (SnapshotFile item : items) {
            SnapshotFile other = doubles.get(item.name());
            try {
                if (RefusedCopies.has(item)) {
                    refused.put(item.shown(), RefusedCopies.reason(item));
                } else if (other != null) {
                    refused.put(
                            item.name(),
                            "%s and %s are both %s: name the one that you want"
                                    .formatted(item.name(), other.name(), item.shown()));
                } else if (destination.has(item.shown(), item.shownSha256(), overwrite)) {
                    already++;
                } else {
                    fetch.add(item);
                }
            } catch (IOException | InvalidPathException e) {
                refused.put(item.shown(), FailureMessages.ofReading(e, job()).message());
            }
        }
        RestorePlan plan = new RestorePlan(snapshot, destination, fetch, already, refused);
        long free = destination.free();
        long needed = plan.room(job().parallel());
        if (needed > free) {
            throw new RestoreException("%s has %s free, %s are to be restored; make room there, or name another folder"
                    .formatted(destination.folder(), Text.size(free), Text.size(needed)));
        }
        return plan;
    }

    /** Those that would be restored to the same file, and the other one, by the names of the copies. */
    private static Map<String, SnapshotFile> doubles(List<SnapshotFile> items) {
        Map<String, SnapshotFile> first = new HashMap<>();
        Map<String, SnapshotFile> doubles = new HashMap<>();
        for (SnapshotFile item : items) {
            SnapshotFile other = RefusedCopies.has(item) ? null : first.putIfAbsent(item.shown(), item);
            if (other != null) {
                doubles.put(item.name(), other);
                doubles.put(other.name(), item);
            }
        }
        return doubles;
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
        if (!item.restorable() || RefusedCopies.has(item)) {
            throw new IOException(RefusedCopies.reason(item));
        }
        RestoreTarget destination = new RestoreTarget(to.getParent());
        String name = to.getFileName().toString();
        if (destination.has(name, item.shownSha256(), overwrite)) {
            return new HashedFile(item.shownSha256().orElseThrow(), Files.size(to));
        }
        AtomicReference<HashedFile> restored = new AtomicReference<>();
        AtomicReference<Exception> failure = new AtomicReference<>();
        String path = RemotePath.below(place.path(), item.name());
        CopyDownload copy = new CopyDownload(
                item,
                path,
                destination,
                destination.path(name),
                mode(item),
                decryption(item),
                bytes -> {},
                (file, e) -> {
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

    private Optional<CopyDecryption> decryption(SnapshotFile item) {
        return opening.identities().flatMap(identities -> item.plain()
                .map(inside -> new CopyDecryption(
                        identities, inside, catalog.connection().activity()::sign)));
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
            Path to = destination.path(item.shown());
            LongConsumer arriving = progress.file(item.shown(), item.size());
            Optional<CopyDecryption> decryption = decryption(item);
            return new CopyDownload(item, path, destination, to, mode(item), decryption, arriving, (file, failure) -> {
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
                failed(item.shown(), failure.message());
                return;
            }
            if (targetFailure.compareAndSet("", failure.message())) {
                LOG.error("{}: {}", job.name(), failure.message());
            }
            failed.put(item.shown(), failure.message());
        }

        void failed(String name, String reason) {
            failed.put(name, reason);
            LOG.error("{}: {} NOT restored: {}", job.name(), Text.line(name), Text.line(reason));
        }

        RestoreResult result() {
            Predicate<SnapshotFile> restored = item -> !failed.containsKey(item.shown());
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
