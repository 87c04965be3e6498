package dev.offsite.ship;

import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.sftp.SftpSessionPool;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The dated folders that copies are going into now: one object each, whoever uses it, for it holds the manifest. */
public final class DatedFolderLocks {

    private final Ledger ledger;
    private final Map<String, Shared> folders = new HashMap<>();
    /** Those that {@link CrashRecovery} puts in order now. */
    private final Set<String> claimed = new HashSet<>();

    public DatedFolderLocks(Ledger ledger) {
        this.ledger = ledger;
    }

    private static final class Shared {
        private DatedFolderWriter folder;
        private int users;
        private boolean unfinished;
    }

    /**
     * The dated folder at that path, made if it is not there; {@link #release} it.
     *
     * @param path absolute on the target
     */
    public DatedFolderWriter acquire(Job job, String path, SftpSessionPool sessions) throws IOException {
        Shared shared;
        synchronized (folders) {
            awaitUnclaimed(key(job, path));
            shared = folders.computeIfAbsent(key(job, path), k -> new Shared());
            shared.users++;
        }
        synchronized (shared) {
            if (shared.folder == null) {
                try {
                    shared.folder = DatedFolderWriter.open(job, path, sessions, ledger);
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

    private void awaitUnclaimed(String key) throws IOException {
        try {
            while (claimed.contains(key)) {
                folders.wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the folder was put in order");
        }
    }

    /** Whether copies are going into it now. */
    public boolean used(Job job, String path) {
        synchronized (folders) {
            return folders.containsKey(key(job, path));
        }
    }

    /**
     * Keeps others from using that folder until {@link #unclaim}; they wait.
     *
     * @return false if somebody uses it now
     */
    public boolean claim(Job job, String path) {
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
