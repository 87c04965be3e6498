package dev.offsite.scrub;

import dev.offsite.manifest.Manifest;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TemporaryName;
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
            Walk walk = new Walk(remote, folder, stale);
            walk.into("");
            Read after = Read.of(remote, folder);
            Set<String> extra = new TreeSet<>(walk.sizes.keySet());
            extra.addAll(walk.others);
            before.manifest.ifPresent(manifest -> extra.removeAll(manifest.names()));
            after.manifest.ifPresent(manifest -> extra.removeAll(manifest.names()));
            Optional<Manifest> both = before.manifest.flatMap(one -> after.manifest.map(other -> common(one, other)));
            return Optional.of(new DatedFolderListing(
                    both, both.isPresent() ? "" : after.fault, walk.sizes, extra, walk.staleParts));
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
                        remote.read(folder + "/" + Manifest.NAME).map(Manifest::parse);
                return new Read(manifest, manifest.isPresent() ? "" : NONE);
            } catch (IllegalArgumentException e) {
                return new Read(Optional.empty(), e.getMessage());
            }
        }
    }

    /** All files below the folder; symbolic links are not followed. */
    private static final class Walk {
        private final SftpSession remote;
        private final String folder;
        private final Instant stale;
        private final Map<String, Long> sizes = new HashMap<>();
        /** Symbolic links, for instance. */
        private final Set<String> others = new TreeSet<>();

        private int staleParts;

        Walk(SftpSession remote, String folder, Instant stale) {
            this.remote = remote;
            this.folder = folder;
            this.stale = stale;
        }

        void into(String below) throws SftpStatusException {
            for (RemoteFile entry : remote.list(folder + below)) {
                String path = below + "/" + entry.name();
                if (entry.directory()) {
                    into(path);
                } else if (TemporaryName.matches(entry.name())) {
                    staleParts += entry.modified().isBefore(stale) ? 1 : 0;
                } else if (!entry.file()) {
                    others.add(path.substring(1));
                } else if (!path.equals("/" + Manifest.NAME)) {
                    sizes.put(path.substring(1), entry.size());
                }
            }
        }
    }
}
