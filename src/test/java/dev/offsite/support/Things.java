package dev.offsite.support;

import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.DatedBy;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Job;
import dev.offsite.job.Modes;
import dev.offsite.job.PruneSettings;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.sftp.RemoteFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Things to talk about. */
public final class Things {

    public static final Instant THEN = Instant.parse("2026-01-31T02:30:00Z");
    public static final String SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private Things() {}

    public static RemoteFile file(String name, long size) {
        return new RemoteFile(name, false, true, size, THEN.getEpochSecond(), 0100644);
    }

    public static RemoteFile folder(String name) {
        return new RemoteFile(name, true, false, 4096, THEN.getEpochSecond(), 0040755);
    }

    public static RemoteFile link(String name) {
        return new RemoteFile(name, false, false, 3, THEN.getEpochSecond(), 0120777);
    }

    public static DatedFolderRef place(String name) {
        return new DatedFolderRef(
                name, name, DatedFolder.BASIC.parse(name).orElseThrow(), "/srv/db/" + name, false, true);
    }

    public static SnapshotFile item(String name, long size) {
        return new SnapshotFile(
                name,
                Optional.of(file(name, size)),
                Optional.of(SHA256),
                SnapshotFile.State.LISTED,
                Optional.empty(),
                Optional.empty());
    }

    public static Job job(DatedFolder folders) {
        return new Job(
                "db",
                Path.of("/backups"),
                "/srv/db",
                Duration.ZERO,
                null,
                AfterCommitAction.KEEP,
                null,
                DatedBy.RUN,
                folders,
                ZoneOffset.UTC,
                RetentionPolicy.KEEP_ALL,
                PruneSettings.DEFAULT,
                false,
                4,
                false,
                BandwidthLimit.NONE,
                Optional.empty(),
                Optional.empty(),
                new Target(
                        "nas",
                        22,
                        "me",
                        null,
                        null,
                        null,
                        Path.of("/known_hosts"),
                        VerificationMethod.READBACK,
                        SshPath.SAME,
                        HashProgram.AUTO,
                        null,
                        Modes.KEEP));
    }

    public static LocalDate day(int day) {
        return LocalDate.of(2026, 1, day);
    }
}
