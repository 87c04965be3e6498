package dev.offsite.catalog;

import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestReader;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import java.util.Optional;

/** Reads the manifest of a dated folder. */
public final class RemoteManifest {

    private RemoteManifest() {}

    /**
     * The manifest; empty if there is none.
     *
     * @throws IllegalArgumentException as {@link ManifestReader#manifest()}
     */
    public static Optional<Manifest> read(SftpSession remote, String folder) throws SftpStatusException {
        return read(remote, folder, Manifest.EMPTY);
    }

    /** Like {@link #read(SftpSession, String)}, and shares memory with what was {@code known}. */
    public static Optional<Manifest> read(SftpSession remote, String folder, Manifest known)
            throws SftpStatusException {
        return open(remote, folder, known).map(ManifestReader::manifest);
    }

    /** What was read, which may be damaged; empty if there is no manifest. */
    static Optional<ManifestReader> open(SftpSession remote, String folder, Manifest known) throws SftpStatusException {
        ManifestReader reader = new ManifestReader(SftpSession.MOST_MEMORY, known);
        try {
            remote.read(RemotePath.below(folder, Manifest.NAME), reader, reader::hasEnough);
            return Optional.of(reader);
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
