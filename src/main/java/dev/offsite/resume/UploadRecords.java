package dev.offsite.resume;

import dev.offsite.cluster.Cluster;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.StateException;
import dev.offsite.io.StateStore;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.source.FileState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.util.function.Suppliers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploads that are under way or were cut, each in a small file of the state folder, so that the next run goes on where
 * the last one was. They are never believed without a look at both files, so losing one costs only time: a failure to write
 * one stops nothing.
 */
public final class UploadRecords {

    private static final Logger LOG = LoggerFactory.getLogger(UploadRecords.class);

    /** How long a part file is kept after its last progress. */
    public static final Duration KEPT = Duration.ofDays(7);

    private static final int KEY_BYTES = 16;

    /** The end of the name of a record that is being written. */
    private static final String UNFINISHED = ".new";

    private static final String FOLDER = "uploads";

    private final Cluster cluster;
    private final StateStore state;
    private final Clock clock;
    private final Set<String> active = ConcurrentHashMap.newKeySet();
    /**
     * The keys of records that may be there, so that the thousands of files without one cost nothing: those at the start, and
     * those that were seen or written here since. Nobody removes what another node has added before it has looked at it.
     */
    private final Supplier<Set<String>> stored = Suppliers.memorize(this::listed);

    public UploadRecords(Cluster cluster, Clock clock) {
        this.cluster = cluster;
        this.state = cluster.state();
        this.clock = clock;
    }

    /** What an upload is found by in the next run: not by its part file, which may be in the folder of another day. */
    public static String key(String owner, String target, String place, Path source) {
        String all = String.join("\0", owner, target, place, source.toString());
        byte[] hash = HashingInputStream.sha256Digest().digest(all.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, KEY_BYTES);
    }

    /** Takes the record for an upload; false if another upload in this process has it. */
    public boolean begin(String key) {
        return active.add(key);
    }

    public void end(String key) {
        active.remove(key);
    }

    public Optional<UploadRecord> find(String key) {
        try {
            Optional<String> text = state.text(name(key));
            if (text.isPresent()) {
                stored.get().add(key);
            }
            return text.flatMap(UploadRecord::parse);
        } catch (StateException e) {
            LOG.debug("{} cannot be read", key, e);
            return Optional.empty();
        }
    }

    /** Records progress. */
    public void put(String key, UploadRecord record, String part, long confirmed) {
        try {
            stored.get().add(key);
            String text = record.with(part, confirmed, clock.instant()).format();
            state.replace(name(key), text, false);
        } catch (StateException e) {
            LOG.debug("{} cannot be written: after a cut, the file would be sent from its start", key, e);
        }
    }

    public void remove(String key) {
        if (!stored.get().contains(key)) {
            return;
        }
        try {
            state.delete(name(key));
            // Of a process that was killed while it wrote.
            state.delete(name(key + UNFINISHED));
        } catch (StateException e) {
            LOG.debug("{} stays", key, e);
        }
    }

    /** Whether an upload failed only because of the connection, so that its part file stays for the next attempt. */
    public boolean survives(String key, Throwable failure) {
        return Cuts.isOne(failure) && find(key).isPresent();
    }

    private static String name(String key) {
        return FOLDER + "/" + key;
    }

    /** Whether a part file belongs to an upload that will go on, so that it must stay. */
    public boolean keeps(String target, String part) {
        return all().stream()
                .anyMatch(kept -> kept.record().part().equals(part)
                        && kept.record().target().equals(target)
                        && !isStale(kept));
    }

    /** A record and its key. */
    public record Kept(String key, UploadRecord record) {}

    /** Whether it is as it was read: nobody has gone on with it since. */
    public boolean isSame(Kept kept) {
        return find(kept.key())
                .filter(now -> now.part().equals(kept.record().part())
                        && now.at().equals(kept.record().at()))
                .isPresent();
    }

    /** The records of a job, or those of files that were put, whose uploads will never go on; none that is under way. */
    public List<Kept> stale(String owner, String target) {
        return resting(owner, target).stream().filter(this::isStale).toList();
    }

    /** All records of a job whose uploads are not under way. */
    public List<Kept> resting(String owner, String target) {
        return all().stream()
                .filter(kept -> kept.record().owner().equals(owner)
                        && kept.record().target().equals(target)
                        && !isUnderWay(kept))
                .toList();
    }

    private boolean isStale(Kept kept) {
        return !isUnderWay(kept) && fault(kept.record()).isPresent();
    }

    private boolean isUnderWay(Kept kept) {
        return active.contains(kept.key()) || isElsewhere(kept.record());
    }

    /** Whether another node that is alive has written the part file: only that one goes on with it, or removes it. */
    public boolean isElsewhere(UploadRecord record) {
        if (!cluster.isShared()) {
            return false;
        }
        String node = TemporaryName.node(record.part());
        return !node.equals(cluster.node()) && cluster.alive().contains(node);
    }

    /** Why an upload will never go on; empty if it may. */
    public Optional<String> fault(UploadRecord record) {
        try {
            return isOld(record)
                    ? Optional.of("it made no progress for a week")
                    : FileState.of(record.source()).isSameFile(record.state())
                            ? Optional.empty()
                            : Optional.of("it has changed here");
        } catch (IOException e) {
            return Optional.of("it is gone here");
        }
    }

    public boolean isOld(UploadRecord record) {
        return record.at().plus(KEPT).isBefore(clock.instant());
    }

    private List<Kept> all() {
        List<Kept> all = new ArrayList<>();
        names().stream().filter(key -> key.indexOf('.') < 0).forEach(key -> find(key)
                .ifPresent(record -> all.add(new Kept(key, record))));
        return all;
    }

    private Set<String> listed() {
        Set<String> keys = ConcurrentHashMap.newKeySet();
        names().forEach(name -> keys.add(name.replace(UNFINISHED, "")));
        return keys;
    }

    private List<String> names() {
        try {
            return state.names(FOLDER);
        } catch (StateException e) {
            LOG.debug("no uploads are known", e);
            return List.of();
        }
    }
}
