package dev.offsite.scrub;

import dev.offsite.catalog.RemoteManifest;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
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
 * The manifest and the files of a dated folder.
 *
 * @param manifest the entries listed both before and after the files were; empty if it cannot be read
 * @param fault why there is no manifest; empty if there is
 * @param sizes bytes of each regular file, by name below the folder, without the manifest and part files
 * @param extra names, of any type, that the manifest listed neither before nor after
 * @param staleParts names of part files that are older than a day
 */
public record DatedFolderListing(
        Optional<Manifest> manifest, String fault, Map<String, Long> sizes, Set<String> extra, Set<String> staleParts) {

    static final String NONE = "there is no " + Manifest.NAME;

    /** Lists a folder (absolute path) unless it is gone. Part files older than {@code stale} are leftovers. */
    static Optional<DatedFolderListing> of(SftpSession remote, String folder, Instant stale)
            throws SftpStatusException {
        try {
            Read before = Read.of(remote, folder, Manifest.EMPTY);
            Contents contents = new Contents(stale, new HashMap<>(), new TreeSet<>(), new TreeSet<>());
            RemoteTreeWalker.walk(remote, folder, contents);
            Read after = Read.of(remote, folder, before.manifest.orElse(Manifest.EMPTY));
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
        return changed.isEmpty() ? before : before.without(changed);
    }

    /** A manifest, or why there is none. */
    record Read(Optional<Manifest> manifest, String fault) {
        static Read of(SftpSession remote, String folder, Manifest known) throws SftpStatusException {
            try {
                Optional<Manifest> manifest = RemoteManifest.read(remote, folder, known);
                return new Read(manifest, manifest.isPresent() ? "" : NONE);
            } catch (IllegalArgumentException e) {
                return new Read(Optional.empty(), e.getMessage());
            }
        }
    }

    /** {@code others} are such as symbolic links. */
    private record Contents(Instant stale, Map<String, Long> sizes, Set<String> others, Set<String> staleParts)
            implements RemoteTreeWalker.Visitor {
        @Override
        public boolean found(String name, RemoteFile entry) {
            if (entry.directory()) {
                return true;
            }
            if (TemporaryName.matches(entry.name())) {
                if (entry.modified().isBefore(stale)) {
                    staleParts.add(name);
                }
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
