package dev.offsite.scrub;

import dev.offsite.catalog.RemoteManifest;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.SmallFiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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

    /**
     * What came of one folder.
     *
     * @param listing empty if the folder is gone, or was refused
     * @param refusal why it cannot be listed; null if it can
     */
    record Looked(Optional<DatedFolderListing> listing, SftpStatusException refusal) {

        Optional<DatedFolderListing> listingOrFail() throws SftpStatusException {
            if (refusal != null) {
                throw refusal;
            }
            return listing;
        }
    }

    /** Lists folders (absolute paths), together if their manifests are small. Part files older than {@code stale} are leftovers. */
    static Map<String, Looked> of(SftpSession remote, List<String> folders, Instant stale) throws SftpStatusException {
        SmallFiles manifests = RemoteManifest.together(remote, folders);
        Map<String, Looked> looked = new HashMap<>();
        List<String> small = new ArrayList<>();
        for (String folder : folders) {
            if (manifests.has(RemotePath.below(folder, Manifest.NAME))) {
                small.add(folder);
            } else {
                looked.put(folder, alone(remote, folder, stale));
            }
        }
        try {
            looked.putAll(together(remote, small, manifests, stale));
        } catch (SftpStatusException e) {
            if (e.code() != SftpStatusException.TOO_MUCH) {
                throw e;
            }
            for (String folder : small) {
                looked.put(folder, alone(remote, folder, stale));
            }
        }
        return looked;
    }

    private static Map<String, Looked> together(
            SftpSession remote, List<String> folders, SmallFiles manifests, Instant stale) throws SftpStatusException {
        Map<String, Read> before = new HashMap<>();
        Map<String, RemoteTreeWalker.Visitor> contents = new LinkedHashMap<>();
        for (String folder : folders) {
            before.put(folder, Read.of(remote, folder, Manifest.EMPTY, manifests));
            contents.put(folder, Contents.olderThan(stale));
        }
        Map<String, SftpStatusException> refusals = RemoteTreeWalker.walk(remote, contents);
        SmallFiles again = RemoteManifest.together(remote, folders);
        Map<String, Looked> looked = new HashMap<>();
        for (String folder : folders) {
            try {
                if (refusals.containsKey(folder)) {
                    throw refusals.get(folder);
                }
                Read first = before.remove(folder);
                Read after = Read.of(remote, folder, first.manifest.orElse(Manifest.EMPTY), again);
                looked.put(folder, new Looked(Optional.of(of(first, (Contents) contents.get(folder), after)), null));
            } catch (SftpStatusException e) {
                looked.put(folder, refused(remote, folder, e));
            }
        }
        return looked;
    }

    private static Looked alone(SftpSession remote, String folder, Instant stale) throws SftpStatusException {
        try {
            Read before = Read.of(remote, folder, Manifest.EMPTY);
            Contents contents = Contents.olderThan(stale);
            RemoteTreeWalker.walk(remote, folder, contents);
            Read after = Read.of(remote, folder, before.manifest.orElse(Manifest.EMPTY));
            return new Looked(Optional.of(of(before, contents, after)), null);
        } catch (SftpStatusException e) {
            return refused(remote, folder, e);
        }
    }

    private static Looked refused(SftpSession remote, String folder, SftpStatusException e) throws SftpStatusException {
        if (!e.answered()) {
            throw e;
        }
        boolean gone = e.code() == SftpStatusException.NO_SUCH_FILE
                && remote.stat(folder).isEmpty();
        return new Looked(Optional.empty(), gone ? null : e);
    }

    private static DatedFolderListing of(Read before, Contents contents, Read after) {
        Set<String> extra = new TreeSet<>(contents.sizes.keySet());
        extra.addAll(contents.others);
        before.manifest.ifPresent(manifest -> extra.removeAll(manifest.names()));
        after.manifest.ifPresent(manifest -> extra.removeAll(manifest.names()));
        // A run that was cut may have left one, which the next removes.
        extra.removeIf(ManifestPart::isPart);
        Optional<Manifest> both = before.manifest.flatMap(one -> after.manifest.map(other -> common(one, other)));
        return new DatedFolderListing(
                both, both.isPresent() ? "" : after.fault, contents.sizes, extra, contents.staleParts);
    }

    private static Manifest common(Manifest before, Manifest after) {
        Set<String> changed = new TreeSet<>(before.names());
        changed.removeIf(name -> before.hash(name).equals(after.hash(name)));
        return changed.isEmpty() ? before : before.without(changed);
    }

    /** A manifest, or why there is none. */
    record Read(Optional<Manifest> manifest, String fault) {
        static Read of(SftpSession remote, String folder, Manifest known) throws SftpStatusException {
            return of(remote, folder, known, SmallFiles.none());
        }

        static Read of(SftpSession remote, String folder, Manifest known, SmallFiles read) throws SftpStatusException {
            try {
                Optional<Manifest> manifest = RemoteManifest.read(remote, folder, known, read);
                return new Read(manifest, manifest.isPresent() ? "" : NONE);
            } catch (IllegalArgumentException e) {
                return new Read(Optional.empty(), e.getMessage());
            }
        }
    }

    /** {@code others} are such as symbolic links. */
    private record Contents(Instant stale, Map<String, Long> sizes, Set<String> others, Set<String> staleParts)
            implements RemoteTreeWalker.Visitor {

        static Contents olderThan(Instant stale) {
            return new Contents(stale, new HashMap<>(), new TreeSet<>(), new TreeSet<>());
        }

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
