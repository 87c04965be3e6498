package dev.offsite.catalog;

import dev.offsite.age.AgeIdentities;
import dev.offsite.encryption.ContentLog;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestReader;
import dev.offsite.owner.RootMark;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.FolderListing;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteStat;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.SmallFiles;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The backups of one job. Read-only: it needs no ledger, lock or source folder. */
public record JobCatalog(Job job, TargetConnection connection, VerificationLog verifications, ContentLog contents) {

    private static final String TRASH = ".trash";
    /** Dated folders that are read together. */
    private static final int TOGETHER = 32;

    private static final Pattern NUMBER = Pattern.compile("\\.[0-9]{1,6}$");

    private SftpSessionPool sessions() {
        return connection.sessions();
    }

    /** The dated folders, newest first, then those in the trash. Symbolic links do not count. */
    public List<DatedFolderRef> places() throws IOException {
        return sessions().callForMany(remote -> {
            String trash = RemotePath.below(job.root(), TRASH);
            List<FolderListing> listings = FolderListing.of(remote, List.of(job.root(), trash));
            List<DatedFolderRef> places = places(listings.get(0), false);
            // The root may be a link, but the trash folder never is.
            if (listings.get(1).real()) {
                places.addAll(places(listings.get(1), true));
            }
            Map<String, RemoteStat> real = RealFolders.with(
                    remote, places.stream().map(DatedFolderRef::path).toList(), Manifest.NAME);
            return places.stream()
                    .filter(place -> real.containsKey(place.path()))
                    .map(place -> place.with(real.get(place.path())))
                    .toList();
        });
    }

    /** What may be a dated folder. */
    private List<DatedFolderRef> places(FolderListing folder, boolean trash) throws SftpStatusException {
        List<DatedFolderRef> places = new ArrayList<>();
        for (RemoteFile entry : folder.entriesIfThere()) {
            Optional<LocalDate> date = date(entry.name(), trash);
            if (entry.directory() && date.isPresent()) {
                String path = RemotePath.below(folder.path(), entry.name());
                places.add(new DatedFolderRef(
                        entry.name(), job.folders().name(date.get()), date.get(), path, trash, false));
            }
        }
        places.sort(Comparator.comparing(DatedFolderRef::date).reversed());
        return places;
    }

    /** What it means, for people, that there are no dated folders: that nothing is off-site only where that is known. */
    public String emptiness() throws IOException {
        String root = job.root();
        int known = verifications.folders(job).size();
        if (known > 0) {
            return "there is no dated folder in %s, and copies were verified in %d: is its disk mounted there?"
                    .formatted(root, known);
        }
        return sessions().call(remote -> {
            if (remote.follow(root).isEmpty()) {
                return "there is no folder %s: nothing has been shipped there yet, or its disk is not mounted"
                        .formatted(root);
            }
            // Only a job writes it, so that this is not the empty folder that a disk is mounted on.
            boolean marked = remote.stat(RemotePath.below(root, RootMark.NAME)).isPresent();
            return (marked
                            ? "nothing is off-site yet in %s"
                            : "there is no dated folder in %s: nothing has been shipped there yet, or its disk is not mounted")
                    .formatted(root);
        });
    }

    /** In the trash, a second folder of one day has a number appended. */
    private Optional<LocalDate> date(String name, boolean trash) {
        Optional<LocalDate> date = job.folders().parse(name);
        return date.isPresent() || !trash
                ? date
                : job.folders().parse(NUMBER.matcher(name).replaceFirst(""));
    }

    /**
     * The first of these folders that has a manifest, readable or not, and is not in the trash.
     *
     * @throws RestoreException if there is none
     */
    public DatedFolderRef firstVerified(List<DatedFolderRef> places) throws RestoreException {
        return places.stream()
                .filter(place -> place.listed() && !place.trash())
                .findFirst()
                .orElseThrow(() -> new RestoreException(
                        "there is no verified dated folder in %s on %s".formatted(job.root(), job.target())));
    }

    private static String manifest(DatedFolderRef place) {
        return RemotePath.below(place.path(), Manifest.NAME);
    }

    /** Reads a dated folder. If the server refuses, the snapshot says so. */
    public Snapshot read(DatedFolderRef place) throws IOException {
        return read(List.of(place)).get(0);
    }

    /** Reads dated folders, some of them together. */
    public List<Snapshot> read(List<DatedFolderRef> places) throws IOException {
        List<Snapshot> snapshots = new ArrayList<>();
        for (int from = 0; from < places.size(); from += TOGETHER) {
            List<DatedFolderRef> some = places.subList(from, Math.min(from + TOGETHER, places.size()));
            snapshots.addAll(sessions().callForMany(remote -> together(remote, some)));
        }
        return snapshots;
    }

    /** The same, with what is inside its copies. */
    public Snapshot open(Snapshot snapshot, AgeIdentities identities) throws IOException {
        return new PartReader(job, sessions(), contents, identities).open(snapshot);
    }

    /** The same, with what this machine knows to be inside its copies. */
    public Snapshot openFromHere(Snapshot snapshot) {
        Unsealing known = new Unsealing(snapshot, !job.shared());
        contents.read(job, snapshot.place().day(), known::described);
        return known.known();
    }

    private List<Snapshot> together(SftpSession remote, List<DatedFolderRef> places) throws IOException {
        Map<String, NavigableMap<String, RemoteFile>> trees = new HashMap<>();
        Map<String, RemoteTreeWalker.Visitor> visitors = new LinkedHashMap<>();
        for (DatedFolderRef place : places) {
            NavigableMap<String, RemoteFile> tree = new TreeMap<>();
            trees.put(place.path(), tree);
            visitors.put(place.path(), (name, entry) -> {
                // One name takes memory, not two.
                tree.put(name, entry.called(name));
                return true;
            });
        }
        Map<String, SftpStatusException> failures;
        try {
            failures = RemoteTreeWalker.walk(remote, visitors);
        } catch (SftpStatusException e) {
            Snapshot first = unreadable(places.get(0), e);
            trees.clear();
            return places.size() == 1 ? List.of(first) : oneByOne(remote, places);
        }
        Map<String, Long> sizes = new HashMap<>();
        for (DatedFolderRef place : places) {
            if (!failures.containsKey(place.path()) && manifestSize(trees.get(place.path())) >= 0) {
                sizes.put(place.path(), manifestSize(trees.get(place.path())));
            }
        }
        SmallFiles manifests = RemoteManifest.together(remote, sizes);
        List<Snapshot> snapshots = new ArrayList<>();
        for (DatedFolderRef place : places) {
            NavigableMap<String, RemoteFile> tree = trees.remove(place.path());
            try {
                if (failures.containsKey(place.path())) {
                    throw failures.get(place.path());
                }
                snapshots.add(snapshot(remote, place, tree, Optional.of(manifests)));
            } catch (SftpStatusException e) {
                snapshots.add(unreadable(place, e));
            }
        }
        return snapshots;
    }

    /** After all together had too many entries. */
    private List<Snapshot> oneByOne(SftpSession remote, List<DatedFolderRef> places) throws IOException {
        List<Snapshot> snapshots = new ArrayList<>();
        for (DatedFolderRef place : places) {
            snapshots.addAll(together(remote, List.of(place)));
        }
        return snapshots;
    }

    private Snapshot unreadable(DatedFolderRef place, SftpStatusException e) throws IOException {
        String reason = FailureMessages.ofReading(e, job).message();
        if (FailureMessages.lost(e)) {
            throw new IOException(reason, e);
        }
        return Snapshot.unreadable(place, reason);
    }

    /**
     * Reads one copy without looking at the others.
     *
     * @throws RestoreException if the manifest does not list it, or cannot be read
     */
    public SnapshotFile item(DatedFolderRef place, String name) throws RestoreException, IOException {
        Snapshot snapshot = sessions().callForMany(remote -> {
            List<String> names = new ArrayList<>(RemotePath.parents(name));
            names.add(name);
            return snapshot(remote, place, stat(remote, place, names), Optional.empty());
        });
        return snapshot.items().stream()
                .filter(item -> item.name().equals(name) && item.state() != SnapshotFile.State.UNVERIFIED)
                .findFirst()
                .orElseThrow(() -> new RestoreException("%s lists no copy called '%s'%s"
                        .formatted(
                                RemotePath.below(place.path(), Manifest.NAME),
                                Text.line(name),
                                snapshot.listed() ? "" : " (" + snapshot.problem() + ")")));
    }

    /** {@code names}: parents first; what is below something that is no folder is left out */
    private static NavigableMap<String, RemoteFile> stat(SftpSession remote, DatedFolderRef place, List<String> names)
            throws IOException {
        List<String> paths = new ArrayList<>(
                names.stream().map(name -> RemotePath.below(place.path(), name)).toList());
        paths.add(manifest(place));
        Map<String, RemoteStat> stats = RemoteStat.of(remote, paths);
        NavigableMap<String, RemoteFile> tree = new TreeMap<>();
        for (int i = 0; i < names.size() && tree.values().stream().allMatch(RemoteFile::directory); i++) {
            String name = names.get(i);
            stats.get(paths.get(i)).entryOrFail().ifPresent(entry -> tree.put(name, entry));
        }
        stats.get(manifest(place)).entryOrFail().ifPresent(entry -> tree.put(Manifest.NAME, entry));
        return tree;
    }

    private Snapshot snapshot(
            SftpSession remote,
            DatedFolderRef place,
            NavigableMap<String, RemoteFile> tree,
            Optional<SmallFiles> manifests)
            throws SftpStatusException {
        Snapshot read = read(remote, place, tree, manifests);
        boolean rewritten = read.items().stream().anyMatch(item -> item.state() == SnapshotFile.State.REWRITTEN);
        // A ship may have been replacing them.
        return rewritten ? read(remote, place, tree, Optional.empty()) : read;
    }

    private Snapshot read(
            SftpSession remote,
            DatedFolderRef place,
            NavigableMap<String, RemoteFile> tree,
            Optional<SmallFiles> manifests)
            throws SftpStatusException {
        Optional<ManifestReader> manifest = hasManifest(tree)
                ? RemoteManifest.open(remote, place.path(), name -> shared(tree, name), manifests)
                : Optional.empty();
        Manifest listed = manifest.flatMap(ManifestReader::safe).orElse(Manifest.EMPTY);
        return Snapshot.of(place, tree, manifest, verifications.of(job, place.name(), listed), !job.shared());
    }

    /** The same name, which takes no memory again if the tree has it. */
    private static String shared(NavigableMap<String, RemoteFile> tree, String name) {
        String there = tree.floorKey(name);
        return name.equals(there) ? there : name;
    }

    /** Its bytes; -1 if there is none, or the server does not say. */
    private static long manifestSize(Map<String, RemoteFile> tree) {
        return hasManifest(tree) ? tree.get(Manifest.NAME).size() : -1;
    }

    private static boolean hasManifest(Map<String, RemoteFile> tree) {
        RemoteFile entry = tree.get(Manifest.NAME);
        return entry != null && entry.file();
    }
}
