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

/**
 * What the listings show of all dated folders of a job: the copies to hash, and what is missing or extra.
 *
 * @param manifests of the dated folders with a readable one, by name
 * @param damagedLists the dated folders whose manifest is unreadable, which only a person may repair
 * @param staleParts paths of part files that interrupted runs left
 */
record ScrubListing(
        Scrubber scrub,
        Job job,
        Map<String, Manifest> manifests,
        Set<String> damagedLists,
        List<Listed> listed,
        List<Finding> findings,
        Set<String> staleParts) {

    private static final Duration STALE = Duration.ofDays(1);
    private static final String TRASH = ".trash";

    ScrubListing(Scrubber scrub, Job job) {
        this(scrub, job, new TreeMap<>(), new TreeSet<>(), new ArrayList<>(), new ArrayList<>(), new TreeSet<>());
    }

    void look(SftpSessionPool sessions) throws IOException {
        Set<String> there = new TreeSet<>(sessions.call(this::names));
        for (String folder : there) {
            try {
                look(sessions, folder);
            } catch (SftpStatusException e) {
                if (!e.answered()) {
                    throw e;
                }
                found(Kind.UNCHECKED, folder, "", FailureMessages.of(e, job).message());
            }
        }
        List<String> remembered = scrub.verifications().folders(job);
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
                && scrub.verifications().folders(job).contains(folder);
    }

    private void look(SftpSessionPool sessions, String folder) throws IOException {
        String path = RemotePath.below(job.root(), folder);
        boolean used = scrub.folders().used(job, path);
        Instant stale = scrub.now().minus(STALE);
        Optional<DatedFolderListing> looked = sessions.call(remote -> DatedFolderListing.of(remote, path, stale));
        if (looked.isEmpty()) {
            return;
        }
        DatedFolderListing listing = looked.get();
        // During a ship a file may be published but not listed yet.
        Set<String> extra = used || scrub.folders().used(job, path) ? Set.of() : listing.extra();
        listing.staleParts().forEach(part -> staleParts.add(RemotePath.below(folder, part)));
        scrub.verifications().compact(job, folder);
        Map<String, VerificationLog.Entry> known = scrub.verifications().of(job, folder);
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
        String fault = listing.fault();
        if (!fault.equals(DatedFolderListing.NONE)) {
            damagedLists.add(folder);
            fault += "; put it right, or remove it: then the next scrub lists again what was verified from here";
            found(Kind.UNLISTED, folder, "", fault);
        } else if (known) {
            found(Kind.UNLISTED, folder, "", fault + "; nothing there says what its files should be");
        } else if (!extra.isEmpty()) {
            found(Kind.EXTRA, folder, "", "%s, but files (%d)".formatted(fault, extra.size()));
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
