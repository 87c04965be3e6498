package dev.offsite.catalog;

import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.RemoteFile;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * One name in a dated folder, according to the manifest, the server and this machine's verification record.
 *
 * @param name below the dated folder, with slashes
 * @param entry what the server has there; empty if nothing
 * @param sha256 from the manifest, lower-case hex; empty if not listed
 * @param verification how it was last verified, as far as this machine knows
 * @param verified when that was
 */
public record SnapshotFile(
        String name,
        Optional<RemoteFile> entry,
        Optional<String> sha256,
        State state,
        Optional<VerificationMethod> verification,
        Optional<Instant> verified) {

    public enum State {
        /** Listed in the manifest, and this machine knows how it was verified. */
        VERIFIED,
        /** Listed, but verified by another machine or before this machine's state was made. */
        LISTED,
        /** Listed, and found changed at its last check. */
        DAMAGED,
        MISSING,
        /** Listed, but a symbolic link, a device or the like, which is not followed. */
        SPECIAL,
        /** Listed with other bytes than were verified from here: somebody else has written the manifest. */
        REWRITTEN,
        /** Listed under a name that could lead out of the folder, so it is not looked up. */
        REFUSED,
        UNVERIFIED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it is known to be worse than listed. */
        public boolean broken() {
            return switch (this) {
                case DAMAGED, MISSING, SPECIAL, REWRITTEN, REFUSED -> true;
                case VERIFIED, LISTED, UNVERIFIED -> false;
            };
        }
    }

    /** What is wrong with a copy whose line was rewritten. */
    public static String rewritten(Instant verified) {
        return "SHA256SUMS lists other bytes for it than were verified from here on %s: it was rewritten, not by this machine"
                .formatted(verified.truncatedTo(ChronoUnit.SECONDS));
    }

    /** The same, believed to be what the manifest says. */
    public SnapshotFile believed() {
        return new SnapshotFile(name, entry, sha256, State.LISTED, Optional.empty(), Optional.empty());
    }

    /** Bytes, according to the server; 0 if nothing is there. */
    public long size() {
        return entry.map(RemoteFile::size).orElse(0L);
    }

    public Optional<Instant> modified() {
        return entry.map(RemoteFile::modified);
    }

    /** The verification method if known, else the state. */
    public String verificationWord() {
        return state == State.VERIFIED ? verification.orElseThrow().toString() : state.word();
    }

    /** Whether the manifest lists it and there is a file to download. */
    public boolean restorable() {
        return sha256.isPresent() && entry.filter(RemoteFile::file).isPresent() && state != State.SPECIAL;
    }
}
