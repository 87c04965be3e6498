package dev.offsite.catalog;

import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
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
 * @param content what is inside an encrypted copy, as {@link Unsealing} read it; empty if it is plain, or not known
 */
public record SnapshotFile(
        String name,
        Optional<RemoteFile> entry,
        Optional<String> sha256,
        State state,
        Optional<VerificationMethod> verification,
        Optional<Instant> verified,
        Optional<PlainFile> content) {

    /** One of which nobody has read what is inside. */
    public SnapshotFile(
            String name,
            Optional<RemoteFile> entry,
            Optional<String> sha256,
            State state,
            Optional<VerificationMethod> verification,
            Optional<Instant> verified) {
        this(name, entry, sha256, state, verification, verified, Optional.empty());
    }

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
        /** The contents of the folder were read, and none says what is inside this one: it may be anybody's. */
        UNDESCRIBED,
        /** Has the bytes of a copy of another name. */
        RENAMED,
        /** Has bytes that a later one of our parts says were replaced. */
        OUTDATED,
        /** Two say different things of what is inside. */
        CONTRADICTED,
        /** The name inside could lead out of the folder. */
        UNSAFE,
        /** We said what is inside, and the manifest does not list it any more. */
        UNLISTED,
        UNVERIFIED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it is known to be worse than listed. */
        public boolean broken() {
            return switch (this) {
                case DAMAGED, MISSING, SPECIAL, REWRITTEN, REFUSED -> true;
                case UNDESCRIBED, RENAMED, OUTDATED, CONTRADICTED, UNSAFE, UNLISTED -> true;
                case VERIFIED, LISTED, UNVERIFIED -> false;
            };
        }

        /** Whether what is known of its content does not fit. */
        public boolean sealed() {
            return switch (this) {
                case UNDESCRIBED, RENAMED, OUTDATED, CONTRADICTED, UNSAFE, UNLISTED -> true;
                default -> false;
            };
        }

        /** Whether the name inside is that of this copy. */
        private boolean named() {
            return !sealed() || this == OUTDATED || this == UNLISTED;
        }
    }

    /** What is wrong with a copy whose line was rewritten. */
    public static String rewritten(Instant verified) {
        return "SHA256SUMS lists other bytes for it than were verified from here on %s: it was rewritten, not by this machine"
                .formatted(verified.truncatedTo(ChronoUnit.SECONDS));
    }

    /** The same, believed to be what the manifest says. */
    public SnapshotFile believed() {
        return new SnapshotFile(name, entry, sha256, State.LISTED, Optional.empty(), Optional.empty(), plain());
    }

    SnapshotFile with(State now, Optional<PlainFile> inside) {
        return new SnapshotFile(name, entry, sha256, now, verification, verified, inside);
    }

    /** Whether it is a part of the manifest and no file of the user. */
    public boolean part() {
        return ManifestPart.isPart(name);
    }

    /** The file inside, if it is known which one it is. */
    public Optional<PlainFile> plain() {
        return content.filter(file -> state.named());
    }

    /** The name that users know: that of the file inside, or else of the copy. */
    public String shown() {
        return plain().map(PlainFile::name).orElse(name);
    }

    /** Bytes of the file inside, or else of the copy. */
    public long shownSize() {
        return plain().map(PlainFile::size).orElse(size());
    }

    /** Of the file inside, or else of the copy. */
    public Optional<Instant> shownModified() {
        return plain().map(PlainFile::modified).or(this::modified);
    }

    /** Of the file inside, or else of the copy. */
    public Optional<String> shownSha256() {
        return plain().map(PlainFile::sha256).or(() -> sha256);
    }

    /** Bytes of the copy, according to the server; 0 if nothing is there. */
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
