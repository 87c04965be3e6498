package dev.offsite.source;

import java.io.File;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * Claims the files of one poll of a node all at once, when the first of them is taken: one by one, two thousand of them would
 * take as long as their upload.
 */
public final class PolledClaims {

    private final FileClaims claims;
    private final Function<Collection<File>, Set<File>> committed;
    private final Set<File> wanted = new HashSet<>();
    private final Set<File> claimed = new HashSet<>();

    /** {@code committed}: which of some files are shipped by now. */
    public PolledClaims(FileClaims claims, Function<Collection<File>, Set<File>> committed) {
        this.claims = claims;
        this.committed = committed;
    }

    /** The poll has found the file, and may take it. */
    public synchronized void want(File file) {
        wanted.add(file);
    }

    /** False if another node works on the file, or has shipped it since the poll has found it. */
    public synchronized boolean take(File file) {
        if (wanted.contains(file)) {
            claim();
        }
        return claimed.remove(file);
    }

    private void claim() {
        Set<File> got = claims.takeAll(wanted);
        wanted.clear();
        claimed.addAll(got);
        Set<File> shipped = committed.apply(got);
        claimed.removeAll(shipped);
        claims.releaseAll(shipped);
    }

    /** Ends the poll: what it has not taken is free for others. */
    public synchronized void end() {
        wanted.clear();
        claims.releaseAll(claimed);
        claimed.clear();
    }
}
