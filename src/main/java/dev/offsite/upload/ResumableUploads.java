package dev.offsite.upload;

import dev.offsite.age.AgeKey;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import dev.offsite.resume.ReopenProbe;
import dev.offsite.resume.UploadRecord;
import dev.offsite.resume.UploadRecords;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads large files so that one that was cut goes on where it was: in this process, and in the next. What the part file has
 * must first be shown to be the beginning of the file here; the verification of the whole file decides in the end.
 */
public final class ResumableUploads {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** A smaller file costs little to send again. */
    public static final long LARGE = 4L << 20;

    /** A record is written each time the server has confirmed so many bytes, or a small share of the file. */
    private static final long STEP = 256 << 10;

    private static final long MOST_STEP = 4L << 20;
    private static final long SHARE = 2048;

    /** How long an upload waits for a server without progress, for each retry that is allowed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final UploadRecords records;
    private final ReopenProbe reopening;
    private final PartCheck check;
    /** The targets where nothing is left of what was put and will not go on. */
    private final Set<Target> tidy = ConcurrentHashMap.newKeySet();

    public ResumableUploads(UploadRecords records, ReopenProbe reopening, Verifier verifier) {
        this.records = records;
        this.reopening = reopening;
        this.check = new PartCheck(verifier);
    }

    /** Sends a file; returns the stream that has read it, which is closed. */
    public HashingInputStream send(UploadTask task) throws IOException {
        boolean recorded = records.begin(task.key());
        try {
            if (task.owner().isEmpty()) {
                tidyUp(task);
            }
            Optional<UploadRecord> before = recorded ? before(task) : Optional.empty();
            if (before.isPresent()) {
                try (HashingInputStream file = task.opening().open(before.get().key())) {
                    if (goesOn(task, before.get(), file)) {
                        return send(task, file, recorded);
                    }
                }
            }
            try (HashingInputStream file = task.opening().open(Optional.empty())) {
                return send(task, file, recorded);
            }
        } catch (Exception | Error e) {
            if (recorded) {
                failed(task, e);
            }
            throw e;
        } finally {
            if (recorded) {
                records.end(task.key());
            }
        }
    }

    private HashingInputStream send(UploadTask task, HashingInputStream file, boolean recorded) throws IOException {
        Progress progress = new Progress(task, recorded, file.count());
        new SegmentedUpload(
                        task.sessions(),
                        task.part(),
                        task.mode(),
                        task.plan(),
                        progress,
                        new LostConnections(PATIENCE.multipliedBy(task.retries()), task.retries()))
                .send(file);
        progress.end(file.count());
        return file;
    }

    /** What an attempt has sent that failed for another reason than the connection is of no use. */
    private void failed(UploadTask task, Throwable cause) {
        if (!records.survives(task.key(), cause)) {
            records.remove(task.key());
        }
    }

    /** What an earlier run had begun and this one may go on with, its part file under its present name. */
    private Optional<UploadRecord> before(UploadTask task) throws IOException {
        Optional<UploadRecord> found = records.find(task.key())
                .filter(record -> record.confirmed() > 0)
                .filter(record -> !records.isElsewhere(record));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        UploadRecord record = found.get();
        Optional<String> reason = obstacle(task, record);
        if (reason.isEmpty() && !record.part().equals(task.part())) {
            reason = PartCheck.move(task, record.part());
        }
        if (reason.isEmpty()) {
            return found;
        }
        startOver(task, reason.get());
        if (!record.part().equals(task.part())) {
            PartCheck.remove(task, record.part());
        }
        return Optional.empty();
    }

    private Optional<String> obstacle(UploadTask task, UploadRecord record) throws IOException {
        if (!task.isProvable()) {
            return Optional.of("nothing shows what is there where verify=size");
        }
        if (!record.state().isSameFile(task.state())) {
            return Optional.of("it has changed here");
        }
        if (!record.key().map(AgeKey::recipients).equals(task.recipients())) {
            return Optional.of("those who can read it have changed");
        }
        if (record.key().isPresent() && !record.state().isUntouched(task.state())) {
            // Other content must never be encrypted with the same key.
            return Optional.of("it was touched here");
        }
        if (records.isOld(record)) {
            return Optional.of("its part file was left for more than a week");
        }
        if (!reopens(task)) {
            return Optional.of("the server empties a file that is opened again, or cannot write in its middle");
        }
        return check.fault(task, record.part(), record.confirmed());
    }

    /** Removes what old runs have put in part; {@code ship} does that for its jobs before it begins. */
    private void tidyUp(UploadTask task) throws IOException {
        Target target = task.connection().target();
        if (tidy.add(target)) {
            for (UploadRecords.Kept kept : records.stale(task.owner(), target.toString())) {
                if (!kept.key().equals(task.key())) {
                    PartCheck.remove(task, kept.record().part());
                    records.remove(kept.key());
                }
            }
        }
    }

    private boolean reopens(UploadTask task) throws IOException {
        return reopening.keeps(task.connection(), task.folder());
    }

    private void startOver(UploadTask task, String reason) {
        records.remove(task.key());
        LOG.info("{} starts from zero: {}", task.line(), reason);
    }

    private boolean goesOn(UploadTask task, UploadRecord record, HashingInputStream file) throws IOException {
        long end = record.confirmed();
        records.put(task.key(), record, task.part(), end);
        Optional<String> reason = check.fault(task, end, file);
        if (reason.isPresent()) {
            startOver(task, reason.get());
        } else {
            LOG.info("{} goes on at {}", task.line(), of(end, task.size()));
        }
        return reason.isEmpty();
    }

    /** {@code 3.8 of 4.0 GiB} */
    static String of(long part, long all) {
        String some = Text.size(part);
        String whole = Text.size(all);
        String unit = whole.substring(whole.indexOf(' '));
        return (some.endsWith(unit) ? some.substring(0, some.length() - unit.length()) : some) + " of " + whole;
    }

    /** The record of one upload, and the decision whether it goes on when all connections are lost. */
    private final class Progress implements Continuation {
        private final UploadTask task;
        private final boolean recorded;
        private final long step;
        private volatile long last;
        /** Bytes that the server may still be asked to hash, so that a bad line does not have it hash all day. */
        private long budget;

        Progress(UploadTask task, boolean recorded, long start) {
            this.task = task;
            this.recorded = recorded && task.isProvable();
            this.step = Math.min(MOST_STEP, Math.max(STEP, task.size() / SHARE));
            this.last = start;
            this.budget = task.size() - start;
        }

        @Override
        public boolean reopens() throws IOException {
            return ResumableUploads.this.reopens(task);
        }

        @Override
        public boolean mayGoOn(long end, long highest, MessageDigest hash) throws IOException {
            if (!task.isProvable() || task.stopping().getAsBoolean() || !reopens()) {
                return false;
            }
            Optional<String> reason = check.fault(task, task.part(), highest);
            if (reason.isEmpty() && end > 0 && end <= budget) {
                budget -= end;
                reason = check.fault(task, end, hash);
            }
            if (reason.isPresent()) {
                startOver(task, reason.get());
                return false;
            }
            LOG.debug("{} goes on at {}", task.label(), of(end, task.size()));
            return true;
        }

        @Override
        public void confirmed(long end) {
            if (recorded && end - last >= step) {
                write(end);
            }
        }

        private synchronized void write(long end) {
            if (end > last) {
                last = end;
                records.put(task.key(), task.record(), task.part(), end);
            }
        }

        void end(long size) {
            if (recorded) {
                write(size);
            }
        }
    }

    /** Forgets how far an upload came: the next attempt begins from zero. */
    public void forget(String key) {
        records.remove(key);
    }

    /** Whether the next run goes on with an upload. */
    public boolean isKept(String key) {
        return records.find(key).isPresent();
    }
}
