package dev.offsite.catalog;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.io.Parallel;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.sftp.FailureMessages;
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
public final class JobCatalog {

    private static final String TRASH = ".trash";
    private static final Pattern NUMBER = Pattern.compile("\\.[0-9]{1,6}$");
    /** More than the manifest of half a million copies needs. */
    private static final long MOST_MANIFEST = 128L << 20;

    private final Job job;
    private final SftpSessionPool sessions;
    private final Throttle throttle;
    private final VerificationLog verifications;

    JobCatalog(Job job, TargetConnection connection, VerificationLog verifications) {
        this.job = job;
        this.sessions = connection.sessions();
        this.throttle = connection.throttle();
        this.verifications = verifications;
    }

    public Job job() {
        return job;
    }

    public SftpSessionPool sessions() {
        return sessions;
    }

    public Throttle throttle() {
        return throttle;
    }

    /** The dated folders, newest first, then those in the trash. Symbolic links do not count. */
    public List<DatedFolderRef> places() throws IOException {
        return sessions.call(remote -> {
            List<DatedFolderRef> places = new ArrayList<>(places(remote, job.root(), false));
            places.addAll(places(remote, RemotePath.below(job.root(), TRASH), true));
            return places;
        });
    }

    private List<DatedFolderRef> places(SftpSession remote, String folder, boolean trash) throws IOException {
        List<DatedFolderRef> places = new ArrayList<>();
        // The root may be a link, but the trash folder never is.
        if (trash && remote.stat(folder).filter(RemoteFile::directory).isEmpty()) {
            return places;
        }
        for (RemoteFile entry : remote.listIfThere(folder)) {
            // In the trash, a second folder of one day has a number appended.
            String day = trash ? NUMBER.matcher(entry.name()).replaceFirst("") : entry.name();
            Optional<LocalDate> date =
                    job.folders().parse(entry.name()).or(() -> job.folders().parse(day));
            if (entry.directory() && date.isPresent()) {
                places.add(new DatedFolderRef(
                        entry.name(),
                        job.folders().name(date.get()),
                        date.get(),
                        RemotePath.below(folder, entry.name()),
                        trash));
            }
        }
        places.sort(Comparator.comparing(DatedFolderRef::date).reversed());
        return places;
    }

    /** Whether a manifest exists, readable or not. */
    public boolean hasManifest(DatedFolderRef place) throws IOException {
        return sessions.call(remote -> remote.stat(RemotePath.below(place.path(), Manifest.NAME))
                .filter(RemoteFile::file)
                .isPresent());
    }

    /** The newest folder that has a manifest and is not in the trash. */
    public Optional<DatedFolderRef> newest(List<DatedFolderRef> places) throws IOException {
        for (DatedFolderRef place : places) {
            if (!place.trash() && hasManifest(place)) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }

    /** Reads a dated folder. If the server refuses, the snapshot says so. */
    public Snapshot read(DatedFolderRef place) throws IOException {
        try {
            return sessions.call(remote -> {
                Map<String, RemoteFile> tree = new TreeMap<>();
                RemoteTreeWalker.walk(remote, place.path(), (name, entry) -> {
                    tree.put(name, entry);
                    return true;
                });
                return Snapshot.of(place, tree, manifest(remote, place, tree), verifications.of(job, place.name()));
            });
        } catch (SftpStatusException e) {
            if (FailureMessages.lost(e)) {
                throw new IOException(FailureMessages.ofReading(e, job).message(), e);
            }
            return Snapshot.unreadable(place, FailureMessages.ofReading(e, job).message());
        }
    }

    public List<Snapshot> read(List<DatedFolderRef> places) throws IOException {
        return Parallel.map(job.parallel(), places, this::read);
    }

    /**
     * Reads one copy without looking at the others.
     *
     * @throws RestoreException if the manifest does not list it, or cannot be read
     */
    public SnapshotFile item(DatedFolderRef place, String name) throws RestoreException, IOException {
        Map<String, RemoteFile> tree = new TreeMap<>();
        Optional<String> manifest = sessions.call(remote -> {
            stat(remote, place, Manifest.NAME, tree);
            for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
                stat(remote, place, name.substring(0, slash), tree);
            }
            return manifest(remote, place, tree);
        });
        Snapshot listed = Snapshot.of(place, Map.of(), manifest, Map.of());
        if (listed.items().stream().noneMatch(item -> item.name().equals(name))) {
            throw new RestoreException("%s lists no copy called '%s'%s"
                    .formatted(
                            RemotePath.below(place.path(), Manifest.NAME),
                            Text.line(name),
                            manifest.isEmpty() || !listed.listed() ? " (" + listed.problem() + ")" : ""));
        }
        boolean reachable = tree.entrySet().stream()
                .allMatch(on -> on.getValue().directory() || on.getKey().equals(Manifest.NAME));
        if (reachable) {
            sessions.call(remote -> {
                stat(remote, place, name, tree);
                return null;
            });
        }
        return Snapshot.of(place, tree, manifest, verifications.of(job, place.name())).items().stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void stat(SftpSession remote, DatedFolderRef place, String name, Map<String, RemoteFile> tree)
            throws SftpStatusException {
        remote.stat(RemotePath.below(place.path(), name)).ifPresent(entry -> tree.put(name, entry));
    }

    private static Optional<String> manifest(SftpSession remote, DatedFolderRef place, Map<String, RemoteFile> tree)
            throws SftpStatusException {
        RemoteFile entry = tree.get(Manifest.NAME);
        if (entry == null || !entry.file()) {
            return Optional.empty();
        }
        return entry.size() > MOST_MANIFEST
                ? Optional.of("too large: %s".formatted(Text.size(entry.size())))
                : remote.read(RemotePath.below(place.path(), Manifest.NAME));
    }
}
