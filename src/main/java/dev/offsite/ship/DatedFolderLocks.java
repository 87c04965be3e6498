package dev.offsite.ship;

import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.owner.AcceptedRecipients;
import dev.offsite.owner.ManifestLocks;
import dev.offsite.owner.RootOwners;
import dev.offsite.resume.UploadRecords;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The dated folders in use. All users of a folder share one writer, since it holds the manifest. */
public final class DatedFolderLocks {

    private final Ledger ledger;
    private final RootOwners owners;
    private final AcceptedRecipients recipients;
    private final ManifestLocks locks;
    private final UploadRecords uploads;
    private final Contents contents;
    private final Map<String, Shared> folders = new HashMap<>();
    /** Folders that {@link CrashRecovery} is working on. */
    private final Set<String> claimed = new HashSet<>();

    public DatedFolderLocks(
            Ledger ledger,
            RootOwners owners,
            AcceptedRecipients recipients,
            ManifestLocks locks,
            UploadRecords uploads,
            Contents contents) {
        this.recipients = recipients;
        this.contents = contents;
        this.ledger = ledger;
        this.owners = owners;
        this.locks = locks;
        this.uploads = uploads;
    }

    /** The uploads into the folders that are under way or were cut. */
    public UploadRecords uploads() {
        return uploads;
    }

    /** Whether a part file belongs to an upload that will go on. */
    public boolean keeps(Job job, String part) {
        return uploads.keeps(job.target().toString(), part);
    }

    /** Who may read the copies, as it was accepted. */
    public AcceptedRecipients recipients() {
        return recipients;
    }

    Contents contents() {
        return contents;
    }

    public RootOwners owners() {
        return owners;
    }

    /** Opens a folder that nobody else in this process uses. Fails if the root, or who may read it, is not as accepted. */
    DatedFolderWriter open(Job job, String path, int mode, SftpSessionPool sessions) throws IOException {
        recipients.check(job);
        owners.check(job, sessions);
        DatedFolderWriter writer = new DatedFolderWriter(job, path, mode, sessions, ledger, locks, contents);
        owners.warnIfUnmarked(job);
        return writer;
    }

    private static final class Shared {
        private DatedFolderWriter folder;
        private int users;
        private boolean unfinished;
    }

    /** Opens a folder, whose mode is left to the server if it is missing. Call {@link #release} afterwards. */
    public DatedFolderWriter acquire(Job job, String path, SftpSessionPool sessions) throws IOException {
        return acquire(job, path, sessions, -1);
    }

    /** Opens a folder (absolute path), creating it with this mode if missing. Call {@link #release} afterwards. */
    DatedFolderWriter acquire(Job job, String path, SftpSessionPool sessions, int mode) throws IOException {
        Shared shared;
        synchronized (folders) {
            sessions.activity()
                    .await(folders, () -> !claimed.contains(key(job, path)), "an earlier run was put in order");
            shared = folders.computeIfAbsent(key(job, path), k -> new Shared());
            shared.users++;
        }
        synchronized (shared) {
            if (shared.folder == null) {
                try {
                    shared.folder = open(job, path, mode, sessions);
                } finally {
                    if (shared.folder == null) {
                        release(job, path, false);
                    }
                }
            }
            return shared.folder;
        }
    }

    /**
     * Says again what is inside the encrypted copies of a folder, instead of a part that was lost.
     *
     * @throws IOException if that is not known here
     */
    public void describe(Job job, String path, SftpSessionPool sessions, String part, String sha256)
            throws IOException, VerificationException {
        DatedFolderWriter folder = acquire(job, path, sessions);
        boolean finished = false;
        try {
            ManifestPartWriter parts = folder.parts()
                    .orElseThrow(() -> new IOException("it is encrypted, and the job does not encrypt any more"));
            parts.replace(part, sha256);
            finished = true;
        } finally {
            release(job, path, finished);
        }
    }

    /** Ends one use; {@code finished} means that it left nothing unfinished there. */
    public void release(Job job, String path, boolean finished) {
        synchronized (folders) {
            Shared shared = folders.get(key(job, path));
            shared.unfinished |= !finished;
            shared.users--;
            if (shared.users == 0) {
                folders.remove(key(job, path));
                if (shared.folder != null && !shared.unfinished) {
                    shared.folder.close();
                }
            }
        }
    }

    public boolean used(Job job, String path) {
        synchronized (folders) {
            return folders.containsKey(key(job, path));
        }
    }

    /** Makes others wait for this folder until {@link #unclaim}; returns false if it is in use, here or by another node. */
    public boolean claim(Job job, String path) {
        return !ledger.isOpenElsewhere(job, path) && claimHere(job, path);
    }

    /** The same, whatever other nodes do there. */
    boolean claimHere(Job job, String path) {
        synchronized (folders) {
            return !folders.containsKey(key(job, path)) && claimed.add(key(job, path));
        }
    }

    public void unclaim(Job job, String path) {
        synchronized (folders) {
            claimed.remove(key(job, path));
            folders.notifyAll();
        }
    }

    private static String key(Job job, String path) {
        return job.target() + " " + path;
    }
}
