package dev.offsite.ship;

import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.ledger.KnownCopies;
import dev.offsite.ledger.Ledger;
import dev.offsite.source.FileState;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether local files are committed as they are now. The ledger's key is path, time and size. Its value is the file's
 * identity and the start of its SHA-256: if the identity differs, the file is hashed again, and the bytes decide.
 */
public record CommittedFiles(Job job, Ledger ledger) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Half of a SHA-256: enough to tell two files apart, and less memory for a hundred thousand of them. */
    private static final int DIGITS = 32;

    /** How many files a database is asked for at once. */
    private static final int TOGETHER = 2000;

    /** The value of a committed file. */
    static String value(FileState state, String sha256) {
        return state.identity().isEmpty() ? "" : state.identity() + " " + sha256.substring(0, DIGITS);
    }

    /** Whether a file with this value has this identity, or nothing else is known. */
    private static boolean isSame(String value, FileState now) {
        return value.isEmpty() || now.identity().isEmpty() || value.startsWith(now.identity() + " ");
    }

    /**
     * Whether the file is committed. If another file with the same path, time and size took its place, the ledger
     * forgets it, so that the new one is shipped.
     *
     * @param reading receives the bytes of each read; may cancel, and then nothing changes
     */
    public boolean has(SourceFile file, LongConsumer reading) {
        KnownCopies known = ledger.known();
        Optional<String> name = known.isUsed() ? state(file).map(now -> name(file, now)) : Optional.empty();
        if (name.isEmpty()) {
            return isInLedger(file, reading);
        }
        long version = known.version();
        if (known.has(version, name.get())) {
            return true;
        }
        boolean committed = isInLedger(file, reading);
        if (committed) {
            known.add(version, name.get());
        }
        return committed;
    }

    /** Whether the ledger has the file, by its path, time and size alone. */
    boolean isListed(SourceFile file) {
        return isKnown(file) || ledger.contains(job, file);
    }

    /** Those of these files that the ledger has, by their path, time and size. */
    public Set<File> among(Collection<File> files) {
        Set<File> found = new HashSet<>();
        Map<String, File> keys = new HashMap<>();
        for (Iterator<File> all = files.iterator(); all.hasNext(); ) {
            File file = all.next();
            keys.put(Ledger.key(job, SourceFile.of(file)), file);
            if (keys.size() == TOGETHER || !all.hasNext()) {
                ledger.values(keys.keySet()).keySet().forEach(key -> found.add(keys.get(key)));
                keys.clear();
            }
        }
        return found;
    }

    /** Whether it is committed, as far as this node of a cluster knows without asking. */
    public boolean isKnown(SourceFile file) {
        KnownCopies known = ledger.known();
        if (!known.isUsed()) {
            return false;
        }
        long version = known.version();
        return state(file).filter(now -> known.has(version, name(file, now))).isPresent();
    }

    /** Reads at once what {@link #has} would otherwise ask the database of a cluster for, file by file. Null on a single machine. */
    public Consumer<List<SourceFile>> ahead() {
        return ledger.known().isUsed() ? this::load : null;
    }

    private void load(List<SourceFile> files) {
        KnownCopies known = ledger.known();
        long version = known.version();
        Map<SourceFile, FileState> unknown = new HashMap<>();
        files.forEach(file -> state(file)
                .filter(now -> !known.has(version, name(file, now)))
                .ifPresent(now -> unknown.put(file, now)));
        Map<String, String> values = ledger.values(
                unknown.keySet().stream().map(file -> Ledger.key(job, file)).toList());
        unknown.forEach((file, now) -> {
            String value = values.get(Ledger.key(job, file));
            if (value != null && isSame(value, now)) {
                known.add(version, name(file, now));
            }
        });
    }

    /** Empty if it is gone. */
    private static Optional<FileState> state(SourceFile file) {
        try {
            return Optional.of(FileState.of(file.file().toPath()));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** What stands for the file, in that state, among those that are known. */
    private String name(SourceFile file, FileState now) {
        return Ledger.key(job, file) + " " + now.identity();
    }

    private boolean isInLedger(SourceFile file, LongConsumer reading) {
        Optional<String> value = ledger.value(job, file);
        if (value.isEmpty() || value.get().isEmpty()) {
            return value.isPresent();
        }
        try {
            return isCommitted(file, value.get(), reading).isPresent();
        } catch (CancellationException e) {
            return true;
        } catch (IOException e) {
            LOG.debug("{}: {} cannot be compared", job.name(), file.file(), e);
            ledger.forget(job, file);
            return false;
        }
    }

    /** The state of a file whose bytes are committed; empty, and the ledger forgets it, if it is another file. */
    Optional<FileState> isCommitted(SourceFile file, String value, LongConsumer reading) throws IOException {
        Path path = file.file().toPath();
        FileState now = FileState.of(path);
        if (isSame(value, now)) {
            return Optional.of(now);
        }
        String sha256 = HashingInputStream.sha256(path, reading);
        if (value.endsWith(" " + sha256.substring(0, DIGITS))
                && FileState.of(path).equals(now)) {
            ledger.add(job, file, value(now, sha256));
            return Optional.of(now);
        }
        ledger.forget(job, file);
        LOG.warn(
                "{}: {} was replaced by another file of the same size and time; it is shipped, too",
                job.name(),
                Text.line(file.below(job.source())));
        return Optional.empty();
    }

    /** Keeps the value of a file that was renamed and back, which changes its identity but not its bytes. */
    void renamed(SourceFile file, FileState before) throws IOException {
        Path path = file.file().toPath();
        String value = ledger.value(job, file).orElse("");
        if (!value.isEmpty() && Files.exists(path)) {
            FileState now = FileState.of(path);
            if (now.isSameFile(before)) {
                ledger.add(job, file, now.identity() + value.substring(value.lastIndexOf(' ')));
            }
        }
    }
}
