package dev.offsite.scrub;

import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A dated folder as it is: what its manifest lists and what lies there.
 *
 * @param manifest what it listed both before and after the files were looked at; empty where there is none that can be read
 * @param fault why there is none; empty where there is
 * @param sizes bytes of each regular file, by its name below the folder, without the manifest and our part files
 * @param extra what lies there, also if it is no regular file, and the manifest listed neither before nor after
 * @param staleParts how many part files have been left there for longer than a day
 */
public record DatedFolderListing(
        Optional<Manifest> manifest, String fault, Map<String, Long> sizes, Set<String> extra, int staleParts) {

    /** The fault where there is no manifest at all. */
    static final String NONE = "there is no " + Manifest.NAME;

    /**
     * Looks into it.
     *
     * @param folder absolute
     * @param stale part files that are older are left over
     * @return empty if there is no such folder any more
     */
    static Optional<DatedFolderListing> of(SftpSession remote, String folder, Instant stale)
            throws SftpStatusException {
        try {
            Read before = Read.of(remote, folder);
            Contents contents = new Contents(stale);
            RemoteTreeWalker.walk(remote, folder, contents);
            Read after = Read.of(remote, folder);
            Set<String> extra = new TreeSet<>(contents.sizes.keySet());
            extra.addAll(contents.others);
            before.manifest.ifPresent(manifest -> extra.removeAll(manifest.names()));
            after.manifest.ifPresent(manifest -> extra.removeAll(manifest.names()));
            Optional<Manifest> both = before.manifest.flatMap(one -> after.manifest.map(other -> common(one, other)));
            return Optional.of(new DatedFolderListing(
                    both, both.isPresent() ? "" : after.fault, contents.sizes, extra, contents.staleParts));
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE
                    && remote.stat(folder).isEmpty()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Manifest common(Manifest before, Manifest after) {
        Set<String> changed = new TreeSet<>(before.names());
        changed.removeIf(name -> before.hash(name).equals(after.hash(name)));
        return before.without(changed);
    }

    /** A manifest, or why there is none. */
    private record Read(Optional<Manifest> manifest, String fault) {
        static Read of(SftpSession remote, String folder) throws SftpStatusException {
            try {
                Optional<Manifest> manifest =
                        remote.read(RemotePath.below(folder, Manifest.NAME)).map(Manifest::parse);
                return new Read(manifest, manifest.isPresent() ? "" : NONE);
            } catch (IllegalArgumentException e) {
                return new Read(Optional.empty(), e.getMessage());
            }
        }
    }

    /** All that lies below the folder. */
    private static final class Contents implements RemoteTreeWalker.Visitor {
        private final Instant stale;
        private final Map<String, Long> sizes = new HashMap<>();
        /** Symbolic links, for instance. */
        private final Set<String> others = new TreeSet<>();

        private int staleParts;

        Contents(Instant stale) {
            this.stale = stale;
        }

        @Override
        public boolean found(String name, RemoteFile entry) {
            if (entry.directory()) {
                return true;
            }
            if (TemporaryName.matches(entry.name())) {
                staleParts += entry.modified().isBefore(stale) ? 1 : 0;
            } else if (!entry.file()) {
                others.add(name);
            } else if (!name.equals(Manifest.NAME)) {
                sizes.put(name, entry.size());
            }
            return false;
        }

        @Override
        public void badName(String name) {
            others.add(name);
        }
    }
}
