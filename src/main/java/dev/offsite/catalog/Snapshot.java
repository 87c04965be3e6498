package dev.offsite.catalog;

import dev.offsite.io.Text;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestReader;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.verify.VerificationLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A dated folder and its contents.
 *
 * @param problem what is wrong, in a few words; empty if nothing is
 * @param arrived when its manifest last changed, which is when the last copy arrived; by the server's clock
 * @param items by name, with the parts of the manifest
 * @param recipients who can open its copies, as they say; empty if nobody has read what is inside them
 * @param forOthers whether what is inside them is encrypted for other keys than it was read with
 */
public record Snapshot(
        DatedFolderRef place,
        State state,
        String problem,
        Optional<Instant> arrived,
        List<SnapshotFile> items,
        Optional<List<String>> recipients,
        boolean forOthers) {

    private static final int NAMED = 20;

    public enum State {
        /** All that its manifest lists is there, as far as is known. */
        COMPLETE,
        /** Copies are missing or damaged, or the manifest cannot be read. */
        DAMAGED,
        UNVERIFIED,
        /** It was pruned. */
        TRASH;

        public String word() {
            return this == TRASH ? "in trash" : name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * Evaluates a folder. The server's listing is trusted only for which names exist.
     *
     * @param tree everything below the folder by name, including folders
     * @param manifest empty if there is none
     * @param log this machine's record of the copies
     * @param alone whether no other machine writes the manifest
     */
    static Snapshot of(
            DatedFolderRef place,
            Map<String, RemoteFile> tree,
            Optional<ManifestReader> manifest,
            Map<String, VerificationLog.Entry> log,
            boolean alone) {
        Optional<Manifest> listed;
        String problem = "no " + Manifest.NAME;
        Set<String> refused = Set.of();
        try {
            listed = manifest.map(ManifestReader::manifest);
        } catch (IllegalArgumentException e) {
            refused = manifest.orElseThrow().refusedNames();
            // One unsafe name must not make the other copies unavailable.
            listed = manifest.get().safe();
            String some = refused.stream().limit(NAMED).collect(Collectors.joining(", "));
            problem = e.getMessage()
                    + (refused.isEmpty() ? "" : ": " + Text.line(some))
                    + (refused.size() > NAMED ? ", and %d more".formatted(refused.size() - NAMED) : "");
        }
        List<SnapshotFile> items =
                items(tree, listed.orElse(Manifest.EMPTY), listed.isEmpty() ? Set.of() : refused, log, alone);
        State state = State.COMPLETE;
        if (listed.isEmpty()) {
            state = manifest.isPresent() ? State.DAMAGED : State.UNVERIFIED;
        } else {
            problem = problem(items);
            state = problem.isEmpty() ? State.COMPLETE : State.DAMAGED;
        }
        Optional<Instant> arrived = Optional.ofNullable(tree.get(Manifest.NAME)).map(RemoteFile::modified);
        return new Snapshot(
                place, place.trash() ? State.TRASH : state, problem, arrived, items, Optional.empty(), false);
    }

    /**
     * The same, after what is inside its copies was read.
     *
     * @param problems of the parts that say so
     */
    Snapshot opened(List<SnapshotFile> now, List<String> problems, List<String> who, boolean others) {
        // Else the manifest itself is wrong, and nothing is listed.
        boolean listed = items.stream().anyMatch(item -> item.sha256().isPresent());
        List<String> parts = new ArrayList<>(problems);
        if (listed) {
            parts.add(0, problem(now));
        } else {
            parts.add(0, problem);
        }
        parts.removeIf(String::isEmpty);
        State after = place.trash() || parts.isEmpty() || state == State.UNVERIFIED ? state : State.DAMAGED;
        return new Snapshot(
                place, after, String.join(", ", parts), arrived, now, Optional.of(List.copyOf(who)), others);
    }

    Snapshot with(List<SnapshotFile> now) {
        return new Snapshot(place, state, problem, arrived, now, recipients, forOthers);
    }

    static Snapshot unreadable(DatedFolderRef place, String why) {
        return new Snapshot(
                place,
                place.trash() ? State.TRASH : State.DAMAGED,
                why,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                false);
    }

    private static List<SnapshotFile> items(
            Map<String, RemoteFile> tree,
            Manifest manifest,
            Set<String> refused,
            Map<String, VerificationLog.Entry> log,
            boolean alone) {
        List<SnapshotFile> items = new ArrayList<>(manifest.size());
        refused.forEach(name -> items.add(without(name, Optional.empty(), SnapshotFile.State.REFUSED)));
        manifest.entries()
                .forEach(entry ->
                        items.add(listed(entry.getKey(), entry.getValue(), tree, log.get(entry.getKey()), alone)));
        tree.forEach((name, entry) -> {
            boolean known = manifest.names().contains(name) || refused.contains(name);
            String file = RemotePath.name(name);
            if (!known && !entry.directory() && !name.equals(Manifest.NAME) && !TemporaryName.matches(file)) {
                items.add(without(name, Optional.of(entry), SnapshotFile.State.UNVERIFIED));
            }
        });
        items.sort(Comparator.comparing(SnapshotFile::name));
        return Collections.unmodifiableList(items);
    }

    private static SnapshotFile without(String name, Optional<RemoteFile> entry, SnapshotFile.State state) {
        return new SnapshotFile(name, entry, Optional.empty(), state, Optional.empty(), Optional.empty());
    }

    private static SnapshotFile listed(
            String name, String sha256, Map<String, RemoteFile> tree, VerificationLog.Entry known, boolean alone) {
        Optional<RemoteFile> there = Optional.ofNullable(tree.get(name));
        Optional<VerificationLog.Entry> log =
                Optional.ofNullable(known).filter(e -> e.sha256().equals(sha256));
        Optional<VerificationLog.Entry> rewritten =
                Optional.ofNullable(known).filter(e -> alone && e.isContradictedBy(sha256));
        SnapshotFile.State state;
        if (there.isEmpty()) {
            state = blocked(name, tree) ? SnapshotFile.State.SPECIAL : SnapshotFile.State.MISSING;
        } else if (!there.get().file()) {
            state = SnapshotFile.State.SPECIAL;
        } else if (rewritten.isPresent()) {
            state = SnapshotFile.State.REWRITTEN;
        } else if (log.isEmpty()) {
            state = SnapshotFile.State.LISTED;
        } else {
            state = log.get().verification().isPresent() ? SnapshotFile.State.VERIFIED : SnapshotFile.State.DAMAGED;
        }
        Optional<VerificationMethod> verification =
                log.isEmpty() ? Optional.empty() : log.get().verification();
        Optional<Instant> verified = log.or(() -> rewritten).map(VerificationLog.Entry::at);
        // Takes no memory again.
        Optional<String> hash = Optional.of(log.isEmpty() ? sha256 : log.get().sha256());
        return new SnapshotFile(name, there, hash, state, verification, verified);
    }

    /** Whether a parent of that name is not a folder. */
    private static boolean blocked(String name, Map<String, RemoteFile> tree) {
        return RemotePath.parents(name).stream()
                .anyMatch(
                        parent -> tree.containsKey(parent) && !tree.get(parent).directory());
    }

    private static String problem(List<SnapshotFile> items) {
        List<String> parts = new ArrayList<>();
        for (SnapshotFile.State state : SnapshotFile.State.values()) {
            long count = items.stream()
                    .filter(item -> item.state() == state && !item.part())
                    .count();
            if (state.broken() && count > 0) {
                parts.add(count + " " + (state == SnapshotFile.State.SPECIAL ? "no regular file" : state.word()));
            }
        }
        items.stream()
                .filter(item -> item.part() && item.state().broken())
                .forEach(item -> parts.add(item.name() + " is " + item.state().word()));
        return String.join(", ", parts);
    }

    /** Whether copies in it are encrypted, as its manifest says. */
    public boolean encrypted() {
        return items.stream().anyMatch(item -> item.part() && item.sha256().isPresent());
    }

    /** What is in it, without the parts of its manifest. */
    public List<SnapshotFile> files() {
        return items.stream().filter(item -> !item.part()).toList();
    }

    /** Whether it has no manifest; false if that is not known. */
    public boolean isUnlisted() {
        return state == State.UNVERIFIED;
    }

    public boolean listed() {
        return state == State.COMPLETE
                || items.stream().anyMatch(item -> item.sha256().isPresent());
    }

    /** The listed copies that exist. */
    public List<SnapshotFile> copies() {
        return items.stream().filter(item -> item.restorable() && !item.part()).toList();
    }

    /** Of the {@link #copies}. */
    public long bytes() {
        return copies().stream().mapToLong(SnapshotFile::shownSize).sum();
    }

    /** The last change of any of the {@link #copies}. */
    public Optional<Instant> newest() {
        return copies().stream().flatMap(item -> item.shownModified().stream()).max(Comparator.naturalOrder());
    }

    /** The weakest verification of its copies, in a word; a dash if there is none. */
    public String verificationWord() {
        List<SnapshotFile> copies = copies();
        if (copies.isEmpty()) {
            return "-";
        }
        if (copies.stream().anyMatch(item -> item.state() != SnapshotFile.State.VERIFIED)) {
            return SnapshotFile.State.LISTED.word();
        }
        return copies.stream()
                .map(item -> item.verification().orElseThrow())
                .max(Comparator.naturalOrder())
                .map(VerificationMethod::toString)
                .orElseThrow();
    }
}
