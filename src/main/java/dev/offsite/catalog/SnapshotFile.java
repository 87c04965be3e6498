package dev.offsite.catalog;

import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.RemoteFile;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One name in a dated folder: what the manifest, the server's listing and our own record of verifications say of it.
 *
 * @param name below the dated folder, with slashes
 * @param entry what the server has under that name; empty where there is nothing
 * @param sha256 as the manifest lists it, lower-case hex; empty where it does not
 * @param state what that comes to
 * @param verification by what it was last verified, as far as this machine knows
 * @param verified when that was
 */
public record SnapshotFile(
        String name,
        Optional<RemoteFile> entry,
        Optional<String> sha256,
        State state,
        Optional<VerificationMethod> verification,
        Optional<Instant> verified) {

    /** What is to be thought of it. */
    public enum State {
        /** Listed in the manifest, and this machine knows how it was verified. */
        VERIFIED,
        /** Listed in the manifest: verified by another machine, or before this machine's state was made. */
        LISTED,
        /** Listed, and found changed when it was last hashed. */
        DAMAGED,
        /** Listed, and not there. */
        MISSING,
        /** Listed, and what is there is a link, a device or the like, which is not followed. */
        SPECIAL,
        /** Listed under a name that could lead out of the folder; nothing is looked for there. */
        REFUSED,
        /** There, and not listed. */
        UNVERIFIED;

        /** In one word, as people and programs read it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether something is wrong with what should be there. */
        boolean broken() {
            return this == DAMAGED || this == MISSING || this == SPECIAL || this == REFUSED;
        }
    }

    /** Bytes, as the server says; none where nothing is there. */
    public long size() {
        return entry.map(RemoteFile::size).orElse(0L);
    }

    /** Last change, as the server says. */
    public Optional<Instant> modified() {
        return entry.map(RemoteFile::modified);
    }

    /** The verification where it is known, else the state. */
    public String verificationWord() {
        return state == State.VERIFIED ? verification.orElseThrow().toString() : state.word();
    }

    /** Whether the manifest vouches for it and there is a file to fetch. */
    public boolean restorable() {
        return sha256.isPresent() && entry.filter(RemoteFile::file).isPresent() && state != State.SPECIAL;
    }
}
