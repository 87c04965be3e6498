package dev.offsite.ship;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.verify.VerificationLog.Entry;
import dev.offsite.verify.VerificationLog.Loss;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices, before a run writes into a dated folder, that copies are lost which were verified from here. */
record LostCopies(ShipContext context, Job job, SftpSessionPool sessions) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Records as debts what the folder's manifest no longer lists; for a new folder, looks for the newest of the others. */
    void note(DatedFolderWriter opened) throws IOException {
        List<Entry> known = verified(opened.name());
        List<Entry> unlisted = unlisted(opened.manifest().listed(), known);
        if (!unlisted.isEmpty() && context.cluster().isShared()) {
            // Another node may have listed them since it was read, and recorded them afterwards.
            try (ManifestWriter.Hold hold = opened.manifest().hold(() -> false)) {
                unlisted = unlisted(opened.manifest().listed(), unlisted);
            }
        }
        record(opened.name(), Loss.UNLISTED, unlisted);
        if (!known.isEmpty()) {
            return;
        }
        List<String> folders = context.verifications().folders(job).stream()
                .filter(folder -> !folder.equals(opened.name()))
                .toList();
        if (!folders.isEmpty()) {
            String newest = folders.get(folders.size() - 1);
            boolean there = sessions.call(remote -> RealFolders.is(remote, RemotePath.below(job.root(), newest))
                    || RealFolders.is(remote, job.root() + "/.trash/" + newest));
            record(newest, Loss.MISSING, there ? List.of() : verified(newest));
        }
    }

    private static List<Entry> unlisted(Manifest manifest, List<Entry> known) {
        return known.stream()
                .filter(entry -> manifest.hash(entry.name()).isEmpty())
                .toList();
    }

    private List<Entry> verified(String folder) {
        return context.verifications().of(job, folder).values().stream()
                .filter(entry -> entry.verification().isPresent())
                .toList();
    }

    private void record(String folder, Loss loss, List<Entry> lost) {
        if (lost.isEmpty()) {
            return;
        }
        Instant now = context.clock().instant();
        context.trouble()
                .debts()
                .add(
                        job,
                        folder,
                        lost.stream().map(entry -> entry.lost(loss, now)).toList());
        LOG.error(
                "{}: {} in {} {} {}, such as {}; find out why, then: offsite scrub {}",
                job.name(),
                lost.size() == 1 ? "1 copy" : lost.size() + " copies",
                RemotePath.below(job.root(), folder),
                lost.size() == 1 ? "is" : "are",
                loss == Loss.MISSING ? "gone with the folder" : "no longer listed in SHA256SUMS",
                Text.line(lost.get(0).name()),
                job.name());
    }
}
