package dev.offsite.restore;

import dev.offsite.job.After;
import dev.offsite.job.BandwidthLimit;
import dev.offsite.job.DatedBy;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.Job;
import dev.offsite.job.Pruning;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.proof.HashProgram;
import dev.offsite.proof.Proof;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.transfer.RemoteEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Things to talk about. */
final class Things {

    static final Instant THEN = Instant.parse("2026-01-31T02:30:00Z");
    static final String SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private Things() {}

    static RemoteEntry file(String name, long size) {
        return new RemoteEntry(name, false, true, size, THEN, 0100644);
    }

    static RemoteEntry folder(String name) {
        return new RemoteEntry(name, true, false, 4096, THEN, 0040755);
    }

    static RemoteEntry link(String name) {
        return new RemoteEntry(name, false, false, 3, THEN, 0120777);
    }

    static Place place(String name) {
        return new Place(name, name, DatedFolder.BASIC.parse(name).orElseThrow(), "/srv/db/" + name, false);
    }

    static Item item(String name, long size) {
        return new Item(
                name,
                Optional.of(file(name, size)),
                Optional.of(SHA256),
                Item.State.LISTED,
                Optional.empty(),
                Optional.empty());
    }

    static Job job(DatedFolder folders) {
        return new Job(
                "db",
                Path.of("/backups"),
                "/srv/db",
                Duration.ZERO,
                null,
                After.KEEP,
                null,
                DatedBy.RUN,
                folders,
                ZoneOffset.UTC,
                RetentionPolicy.KEEP_ALL,
                Pruning.DEFAULT,
                4,
                false,
                BandwidthLimit.NONE,
                new Target(
                        "nas",
                        22,
                        "me",
                        null,
                        null,
                        null,
                        Path.of("/known_hosts"),
                        Proof.READBACK,
                        SshPath.SAME,
                        HashProgram.AUTO));
    }

    static LocalDate day(int day) {
        return LocalDate.of(2026, 1, day);
    }
}
