package dev.offsite.scrub;

import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus.Hold;
import dev.offsite.manifest.Manifest;
import dev.offsite.prune.Trash;
import dev.offsite.resume.UploadRecords;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.verify.VerificationLog.Entry;
import dev.offsite.verify.VerificationLog.Loss;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the listings show of all dated folders of a job: the copies to hash, and what is missing or extra.
 *
 * @param damagedLists the dated folders whose manifest is unreadable, which only a person may repair
 * @param givenUp the listed copies that a person has given up, and that are lost
 * @param staleParts paths of part files that interrupted runs left
 */
record ScrubListing(
        Scrubber scrub,
        Job job,
        Set<String> damagedLists,
        List<Listed> listed,
        List<Found> found,
        Set<Listed> givenUp,
        Set<String> staleParts) {

    private static final Duration STALE = Duration.ofDays(1);

    /** Dated folders that are listed together. */
    private static final int TOGETHER = 32;

    /**
     * A finding, and the expected state of its copies.
     *
     * @param instead what SHA256SUMS lists instead, of the copy's name
     */
    record Found(Finding finding, List<Listed> copies, Map<String, String> instead) {
        Found(Finding finding, List<Listed> copies) {
            this(finding, copies, Map.of());
        }

        /** {@code line}: the hash that SHA256SUMS lists instead of what was verified. */
        static Found rewritten(String folder, Entry verified, String line) {
            String reason = SnapshotFile.rewritten(verified.at());
            return new Found(
                    new Finding(Kind.REWRITTEN, folder, verified.name(), reason, false),
                    listed(folder, List.of(verified)),
                    Map.of(verified.name(), line));
        }
    }

    ScrubListing(Scrubber scrub, Job job) {
        this(scrub, job, new TreeSet<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashSet<>(), new TreeSet<>());
    }

    void look(SftpSessionPool sessions) throws IOException {
        Optional<Set<String>> names = sessions.callForMany(this::names);
        Set<String> there = names.orElse(Set.of());
        Map<String, List<Entry>> gone = gone(sessions, there);
        if (there.isEmpty() && !gone.isEmpty()) {
            throw allGone(gone);
        }
        if (names.isEmpty()) {
            throw new IOException(
                    ("there is no folder %s on the server; either nothing was shipped there yet, or its disk is"
                                    + " not mounted")
                            .formatted(job.root()));
        }
        List<String> folders = List.copyOf(there);
        for (int from = 0; from < folders.size(); from += TOGETHER) {
            look(sessions, folders.subList(from, Math.min(from + TOGETHER, folders.size())));
        }
        for (Map.Entry<String, List<Entry>> one : gone.entrySet()) {
            String path = RemotePath.below(job.root(), one.getKey());
            String now = sessions.call(remote -> remote.stat(path)).isPresent()
                    ? "is no folder any more, perhaps a symbolic link"
                    : "is gone";
            found(
                    Kind.MISSING,
                    one.getKey(),
                    "",
                    "the whole folder %s, and Offsite has not removed it".formatted(now),
                    listed(one.getKey(), one.getValue()));
        }
    }

    /** The dated folders in the root; empty if there is no root. */
    private Optional<Set<String>> names(SftpSession remote) throws IOException {
        if (remote.stat(job.root()).isEmpty()) {
            return Optional.empty();
        }
        Predicate<String> dated = name -> job.folders().parse(name).isPresent();
        return Optional.of(RealFolders.list(remote, job.root(), dated).stream()
                .filter(entry -> entry.directory() && dated.test(entry.name()))
                .map(RemoteFile::name)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** The folders with copies that should be there, and that are neither in the root nor were pruned. */
    private Map<String, List<Entry>> gone(SftpSessionPool sessions, Set<String> there) throws IOException {
        Map<String, List<Entry>> gone = new TreeMap<>();
        Trash trash = new Trash(job, sessions, null);
        for (String folder : scrub.verifications().folders(job)) {
            if (there.contains(folder)
                    || sessions.call(remote -> RealFolders.is(remote, RemotePath.below(job.root(), folder)))) {
                continue;
            }
            List<Entry> expected = known(folder, Entry::expected);
            Instant last =
                    expected.stream().map(Entry::at).max(Instant::compareTo).orElse(Instant.MIN);
            if (expected.isEmpty() || trash.took(folder, last)) {
                // Another machine may have pruned it. It is no loss when it leaves the trash.
                scrub.verifications().forget(job, folder);
            } else if (scrub.verifications().folders(job).contains(folder)) {
                gone.put(folder, expected);
            }
        }
        return gone;
    }

    /** Most likely a disk is not mounted, so nothing is shipped there now. */
    private IOException allGone(Map<String, List<Entry>> gone) {
        String reason =
                ("there is no dated folder in %s, and copies were verified in %d: is its disk mounted there? If they"
                                + " are lost, make the folder %s there, and the next scrub ships again what is still here")
                        .formatted(job.root(), gone.size(), job.folders().name(job.today(scrub.clock())));
        scrub.status().hold(job, Hold.DAMAGE, reason);
        return new IOException(reason);
    }

    private List<Entry> known(String folder, Predicate<Entry> which) {
        return scrub.verifications().of(job, folder).values().stream()
                .filter(which)
                .toList();
    }

    private void look(SftpSessionPool sessions, List<String> folders) throws IOException {
        List<String> paths = folders.stream().map(this::path).toList();
        Set<String> used =
                paths.stream().filter(path -> scrub.folders().used(job, path)).collect(Collectors.toSet());
        Instant stale = scrub.now().minus(job.shared() ? UploadRecords.KEPT : STALE);
        Map<String, DatedFolderListing.Looked> looked =
                sessions.callForMany(remote -> DatedFolderListing.of(remote, paths, stale));
        for (String folder : folders) {
            try {
                look(sessions, folder, looked.get(path(folder)).listingOrFail(), used.contains(path(folder)));
            } catch (SftpStatusException e) {
                if (!e.answered()) {
                    throw e;
                }
                found(Kind.UNCHECKED, folder, "", FailureMessages.of(e, job).message(), List.of());
            }
        }
    }

    private String path(String folder) {
        return RemotePath.below(job.root(), folder);
    }

    private void look(SftpSessionPool sessions, String folder, Optional<DatedFolderListing> looked, boolean used)
            throws IOException {
        if (looked.isEmpty()) {
            return;
        }
        DatedFolderListing listing = looked.get();
        listing.staleParts().stream()
                .filter(part -> !scrub.folders().keeps(job, RemotePath.below(path(folder), part)))
                .forEach(part -> staleParts.add(RemotePath.below(folder, part)));
        scrub.verifications().compact(job, folder);
        Map<String, Entry> known =
                scrub.verifications().of(job, folder, listing.manifest().orElse(Manifest.EMPTY));
        if (listing.manifest().isPresent()) {
            Manifest manifest = listing.manifest().get();
            Map<String, String> rewritten = rewritten(sessions, folder, manifest, known);
            rewritten.forEach((name, line) -> found.add(Found.rewritten(folder, known.get(name), line)));
            listed(folder, rewritten.isEmpty() ? manifest : manifest.without(rewritten.keySet()), listing, known);
        }
        // During a ship a file may be published but not listed yet.
        if (!used && !scrub.folders().used(job, path(folder))) {
            unlisted(sessions, folder, listing, known);
        }
    }

    /** The lines that list other bytes than were verified from here. */
    private Map<String, String> rewritten(
            SftpSessionPool sessions, String folder, Manifest manifest, Map<String, Entry> known) throws IOException {
        Map<String, String> rewritten = rewritten(manifest, known);
        if (!rewritten.isEmpty()) {
            // A ship may have replaced them meanwhile.
            Manifest again = sessions.call(remote -> DatedFolderListing.Read.of(remote, path(folder), Manifest.EMPTY))
                    .manifest()
                    .orElse(Manifest.EMPTY);
            Map<String, String> still = rewritten(again, scrub.verifications().of(job, folder));
            rewritten.entrySet().retainAll(still.entrySet());
        }
        return rewritten;
    }

    /** In a shared root, other machines write lines too. */
    private Map<String, String> rewritten(Manifest manifest, Map<String, Entry> known) {
        Map<String, String> rewritten = new TreeMap<>();
        if (!job.shared()) {
            known.forEach((name, entry) -> manifest.hash(name)
                    .filter(line -> entry.isContradictedBy(line))
                    .ifPresent(line -> rewritten.put(name, line)));
        }
        return rewritten;
    }

    private void listed(String folder, Manifest manifest, DatedFolderListing listing, Map<String, Entry> known) {
        List<Entry> damagedBefore = new ArrayList<>();
        manifest.entries().forEach(line -> {
            String name = line.getKey();
            Entry entry = Optional.ofNullable(known.get(name))
                    .filter(one -> one.sha256().equals(line.getValue()))
                    .orElse(new Entry(name, line.getValue(), Optional.empty(), Loss.NONE, Listed.NEVER));
            Long size = listing.sizes().get(name);
            Instant verified = entry.loss() == Loss.NONE ? entry.at() : Listed.DAMAGED;
            Listed copy = new Listed(folder, name, entry.sha256(), size == null ? 0 : size, verified);
            if (size != null) {
                listed.add(copy);
            } else if (entry.loss() == Loss.GIVEN_UP) {
                givenUp.add(copy);
            } else {
                String reason = "listed in SHA256SUMS, but the file does not exist";
                found(Kind.MISSING, folder, name, reason, List.of(copy));
            }
            if (entry.loss() == Loss.DAMAGED) {
                damagedBefore.add(entry.lost(Loss.CHANGED, entry.at()));
            }
        });
        scrub.debts().add(job, folder, damagedBefore);
    }

    /** What is there and not listed, and what was listed once and is not any more. */
    private void unlisted(SftpSessionPool sessions, String folder, DatedFolderListing listing, Map<String, Entry> known)
            throws IOException {
        String fault = listing.fault();
        boolean absent = fault.equals(DatedFolderListing.NONE);
        Set<String> listedNames =
                new TreeSet<>(listing.manifest().map(Manifest::names).orElse(Set.of()));
        List<Entry> expected = new ArrayList<>(known.values());
        expected.removeIf(entry -> !entry.expected() || listedNames.contains(entry.name()));
        if (!expected.isEmpty()) {
            // Another machine may have been replacing them.
            DatedFolderListing.Read again = sessions.call(
                    remote -> DatedFolderListing.Read.of(remote, RemotePath.below(job.root(), folder), Manifest.EMPTY));
            again.manifest()
                    .ifPresent(manifest -> expected.removeIf(
                            entry -> manifest.hash(entry.name()).isPresent()));
        }
        List<Entry> there = new ArrayList<>();
        for (Entry entry : expected) {
            if (listing.sizes().containsKey(entry.name())) {
                there.add(entry);
            } else {
                String reason = "it was verified here once; now neither the file nor its line in SHA256SUMS exists";
                found(Kind.MISSING, folder, entry.name(), reason, listed(folder, List.of(entry)));
            }
        }
        if (!fault.isEmpty() && !absent) {
            damagedLists.add(folder);
            String cure = "; put it right, or remove it: then the next scrub lists again what was verified from here";
            found(Kind.UNLISTED, folder, "", fault + cure, List.of());
            return;
        }
        if (absent) {
            if (!there.isEmpty()) {
                String reason = fault + "; nothing there says what its files should be";
                found(Kind.UNLISTED, folder, "", reason, listed(folder, there));
            } else if (expected.isEmpty() && !listing.extra().isEmpty()) {
                String reason =
                        "%s, but files (%d)".formatted(fault, listing.extra().size());
                found(Kind.EXTRA, folder, "", reason, List.of());
            }
            return;
        }
        there.forEach(entry -> found(
                Kind.UNLISTED,
                folder,
                entry.name(),
                "SHA256SUMS no longer lists it; it was verified once",
                listed(folder, List.of(entry))));
        for (String name : listing.extra()) {
            Entry entry = known.get(name);
            if (entry == null || entry.loss() == Loss.DAMAGED) {
                found(Kind.EXTRA, folder, name, "SHA256SUMS does not list it", List.of());
            }
        }
    }

    private static List<Listed> listed(String folder, List<Entry> copies) {
        return copies.stream()
                .map(entry -> new Listed(folder, entry.name(), entry.sha256(), 0, entry.at()))
                .toList();
    }

    private void found(Kind kind, String folder, String name, String reason, List<Listed> copies) {
        found.add(new Found(new Finding(kind, folder, name, Text.line(reason), false), copies));
    }
}
