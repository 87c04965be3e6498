package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The dated folders that copies are going into now: one object each, whoever uses it, for it holds the manifest. */
public final class OpenFolders {

    private final Ledger ledger;
    private final Map<String, Shared> folders = new HashMap<>();

    public OpenFolders(Ledger ledger) {
        this.ledger = ledger;
    }

    private static final class Shared {
        private OpenFolder folder;
        private int users;
        private boolean unfinished;
    }

    /**
     * The dated folder at that path, made if it is not there; {@link #release} it.
     *
     * @param path absolute on the target
     */
    OpenFolder acquire(Job job, String path, RemoteSessions sessions) throws JSchException, SftpException, IOException {
        Shared shared;
        synchronized (folders) {
            shared = folders.computeIfAbsent(key(job, path), k -> new Shared());
            shared.users++;
        }
        synchronized (shared) {
            if (shared.folder == null) {
                try {
                    shared.folder = OpenFolder.open(job, path, sessions, ledger);
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
     * Ends one use.
     *
     * @param finished whether nothing of that use is left there unfinished
     */
    void release(Job job, String path, boolean finished) {
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

    /** Whether something is being shipped into that folder, or the dated folder above it, now. */
    boolean inUse(Job job, String folder) {
        synchronized (folders) {
            return folders.keySet().stream().anyMatch(path -> (key(job, folder) + "/").startsWith(path + "/"));
        }
    }

    private static String key(Job job, String path) {
        return job.target() + " " + path;
    }
}
