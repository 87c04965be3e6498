package dev.offsite.scrub;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the listings show of all dated folders of a job: the copies to hash, and what is missing or extra. */
public final class ScrubListing {

    private static final Duration STALE = Duration.ofDays(1);
    private static final String TRASH = ".trash";

    private final Job job;
    private final DatedFolderLocks folders;
    private final VerificationLog verifications;
    private final Instant now;

    private final Map<String, Manifest> manifests = new TreeMap<>();
    private final List<Listed> listed = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> damagedLists = new TreeSet<>();
    private int staleParts;

    ScrubListing(Job job, DatedFolderLocks folders, VerificationLog verifications, Instant now) {
        this.job = job;
        this.folders = folders;
        this.verifications = verifications;
        this.now = now;
    }

    /** The dated folders with a readable manifest, by name. */
    Map<String, Manifest> manifests() {
        return manifests;
    }

    /** The dated folders whose manifest is unreadable, which only a person may repair. */
    Set<String> damagedLists() {
        return damagedLists;
    }

    List<Listed> listed() {
        return listed;
    }

    List<Finding> findings() {
        return findings;
    }

    int staleParts() {
        return staleParts;
    }

    void look(SftpSessionPool sessions) throws IOException {
        Set<String> there = new TreeSet<>(sessions.call(this::names));
        for (String folder : there) {
            try {
                look(sessions, folder);
            } catch (SftpStatusException e) {
                if (e.code() <= SftpStatusException.EOF || e.getCause() != null) {
                    throw e;
                }
                found(Kind.UNCHECKED, folder, "", FailureMessages.of(e, job).message());
            }
        }
        List<String> remembered = verifications.folders(job);
        if (there.isEmpty() && !remembered.isEmpty()) {
            throw new IOException(
                    "there is no dated folder in %s, and copies were verified in %d: is its disk mounted there?"
                            .formatted(job.root(), remembered.size()));
        }
        for (String known : remembered) {
            if (!there.contains(known) && gone(sessions, known)) {
                found(Kind.MISSING, known, "", "the whole folder is gone, and Offsite has not removed it");
            }
        }
    }

    private List<String> names(SftpSession remote) throws SftpStatusException {
        if (remote.stat(job.root()).isEmpty()) {
            return List.of();
        }
        return remote.list(job.root()).stream()
                .filter(entry ->
                        entry.directory() && job.folders().parse(entry.name()).isPresent())
                .map(RemoteFile::name)
                .toList();
    }

    /** Neither in the root nor in the trash. */
    private boolean gone(SftpSessionPool sessions, String folder) throws IOException {
        return sessions.call(remote -> remote.stat(RemotePath.below(job.root(), folder))
                                .isEmpty()
                        && remote.stat(job.root() + "/" + TRASH + "/" + folder).isEmpty())
                && verifications.folders(job).contains(folder);
    }

    private void look(SftpSessionPool sessions, String folder) throws IOException {
        String path = RemotePath.below(job.root(), folder);
        boolean used = folders.used(job, path);
        Optional<DatedFolderListing> looked =
                sessions.call(remote -> DatedFolderListing.of(remote, path, now.minus(STALE)));
        if (looked.isEmpty()) {
            return;
        }
        DatedFolderListing listing = looked.get();
        // During a ship a file may be published but not listed yet.
        Set<String> extra = used || folders.used(job, path) ? Set.of() : listing.extra();
        staleParts += listing.staleParts();
        verifications.compact(job, folder);
        Map<String, VerificationLog.Entry> known = verifications.of(job, folder);
        if (listing.manifest().isEmpty()) {
            unlisted(folder, listing, extra, !known.isEmpty());
            return;
        }
        Manifest manifest = listing.manifest().get();
        manifests.put(folder, manifest);
        manifest.entries().forEach((name, hash) -> {
            Long size = listing.sizes().get(name);
            if (size == null) {
                found(Kind.MISSING, folder, name, "listed in SHA256SUMS, but the file does not exist");
            } else {
                listed.add(new Listed(folder, name, hash, size, verified(known.get(name), hash)));
            }
        });
        extra.forEach(name -> {
            VerificationLog.Entry entry = known.get(name);
            if (entry == null || entry.verification().isEmpty()) {
                found(Kind.EXTRA, folder, name, "SHA256SUMS does not list it");
            } else {
                found(Kind.UNLISTED, folder, name, "SHA256SUMS no longer lists it; it was verified " + entry.at());
            }
        });
    }

    private void unlisted(String folder, DatedFolderListing listing, Set<String> extra, boolean known) {
        if (known || !listing.fault().equals(DatedFolderListing.NONE)) {
            boolean gone = listing.fault().equals(DatedFolderListing.NONE);
            if (!gone) {
                damagedLists.add(folder);
            }
            found(
                    Kind.UNLISTED,
                    folder,
                    "",
                    listing.fault()
                            + (gone
                                    ? "; nothing there says what its files should be"
                                    : "; put it right, or remove it: then the next scrub lists again what was verified from here"));
        } else if (!extra.isEmpty()) {
            found(Kind.EXTRA, folder, "", "%s, but files (%d)".formatted(listing.fault(), extra.size()));
        }
    }

    private static Instant verified(VerificationLog.Entry entry, String hash) {
        if (entry == null || !entry.sha256().equals(hash)) {
            return Listed.NEVER;
        }
        return entry.verification().isPresent() ? entry.at() : Listed.DAMAGED;
    }

    private void found(Kind kind, String folder, String name, String reason) {
        findings.add(new Finding(kind, folder, name, Text.line(reason), false));
    }
}
