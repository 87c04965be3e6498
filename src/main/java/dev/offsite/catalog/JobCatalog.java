package dev.offsite.catalog;

import dev.offsite.io.Parallel;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestReader;
import dev.offsite.owner.RootMark;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The backups of one job. Read-only: it needs no ledger, lock or source folder. */
public record JobCatalog(Job job, TargetConnection connection, VerificationLog verifications) {

    private static final String TRASH = ".trash";
    private static final Pattern NUMBER = Pattern.compile("\\.[0-9]{1,6}$");

    private SftpSessionPool sessions() {
        return connection.sessions();
    }

    /** The dated folders, newest first, then those in the trash. Symbolic links do not count. */
    public List<DatedFolderRef> places() throws IOException {
        return sessions().call(remote -> {
            List<DatedFolderRef> places = new ArrayList<>(places(remote, job.root(), false));
            places.addAll(places(remote, RemotePath.below(job.root(), TRASH), true));
            return places;
        });
    }

    private List<DatedFolderRef> places(SftpSession remote, String folder, boolean trash) throws IOException {
        List<DatedFolderRef> places = new ArrayList<>();
        // The root may be a link, but the trash folder never is.
        if (trash && !RealFolders.is(remote, folder)) {
            return places;
        }
        for (RemoteFile entry :
                RealFolders.confirm(remote, folder, remote.listIfThere(folder), name -> date(name, trash)
                        .isPresent())) {
            Optional<LocalDate> date = date(entry.name(), trash);
            if (entry.directory() && date.isPresent()) {
                String path = RemotePath.below(folder, entry.name());
                places.add(new DatedFolderRef(entry.name(), job.folders().name(date.get()), date.get(), path, trash));
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
    public DatedFolderRef firstVerified(List<DatedFolderRef> places) throws RestoreException, IOException {
        for (DatedFolderRef place : places) {
            if (!place.trash() && isFile(RemotePath.below(place.path(), Manifest.NAME))) {
                return place;
            }
        }
        throw new RestoreException("there is no verified dated folder in %s on %s".formatted(job.root(), job.target()));
    }

    private boolean isFile(String path) throws IOException {
        return sessions()
                .call(remote -> remote.stat(path))
                .filter(RemoteFile::file)
                .isPresent();
    }

    /** Reads a dated folder. If the server refuses, the snapshot says so. */
    public Snapshot read(DatedFolderRef place) throws IOException {
        try {
            return sessions().call(remote -> {
                Map<String, RemoteFile> tree = new TreeMap<>();
                RemoteTreeWalker.walk(remote, place.path(), (name, entry) -> {
                    tree.put(name, entry);
                    return true;
                });
                return snapshot(remote, place, tree);
            });
        } catch (SftpStatusException e) {
            String reason = FailureMessages.ofReading(e, job).message();
            if (FailureMessages.lost(e)) {
                throw new IOException(reason, e);
            }
            return Snapshot.unreadable(place, reason);
        }
    }

    public List<Snapshot> read(List<DatedFolderRef> places) throws IOException {
        return Parallel.map(connection.activity(), job.parallel(), places, this::read);
    }

    /**
     * Reads one copy without looking at the others.
     *
     * @throws RestoreException if the manifest does not list it, or cannot be read
     */
    public SnapshotFile item(DatedFolderRef place, String name) throws RestoreException, IOException {
        Snapshot snapshot = sessions().call(remote -> {
            Map<String, RemoteFile> tree = new TreeMap<>();
            for (String parent : RemotePath.parents(name)) {
                stat(remote, place, parent, tree);
            }
            if (tree.values().stream().allMatch(RemoteFile::directory)) {
                stat(remote, place, name, tree);
            }
            stat(remote, place, Manifest.NAME, tree);
            return snapshot(remote, place, tree);
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

    private static void stat(SftpSession remote, DatedFolderRef place, String name, Map<String, RemoteFile> tree)
            throws SftpStatusException {
        remote.stat(RemotePath.below(place.path(), name)).ifPresent(entry -> tree.put(name, entry));
    }

    private Snapshot snapshot(SftpSession remote, DatedFolderRef place, Map<String, RemoteFile> tree)
            throws SftpStatusException {
        return Snapshot.of(place, tree, manifest(remote, place, tree), verifications.of(job, place.name()));
    }

    private static Optional<ManifestReader> manifest(
            SftpSession remote, DatedFolderRef place, Map<String, RemoteFile> tree) throws SftpStatusException {
        RemoteFile entry = tree.get(Manifest.NAME);
        return entry == null || !entry.file()
                ? Optional.empty()
                : RemoteManifest.open(remote, place.path(), Manifest.EMPTY);
    }
}
