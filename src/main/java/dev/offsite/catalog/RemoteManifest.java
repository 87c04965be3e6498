package dev.offsite.catalog;

import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestReader;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.SmallFiles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

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

    /** Like {@link #read(SftpSession, String, Manifest)}, unless it was {@code read} with others. */
    public static Optional<Manifest> read(SftpSession remote, String folder, Manifest known, SmallFiles read)
            throws SftpStatusException {
        return open(remote, folder, known::shared, Optional.of(read)).map(ManifestReader::manifest);
    }

    /** What was read, which may be damaged; empty if there is no manifest. */
    static Optional<ManifestReader> open(SftpSession remote, String folder, Manifest known) throws SftpStatusException {
        return open(remote, folder, known::shared, Optional.empty());
    }

    /** The manifests of these folders that are small, to be taken by {@link #open}. */
    public static SmallFiles together(SftpSession remote, List<String> folders) throws SftpStatusException {
        return SmallFiles.of(
                remote,
                folders.stream()
                        .map(folder -> RemotePath.below(folder, Manifest.NAME))
                        .toList());
    }

    /** The same, of folders that were listed just now. {@code sizes}: the manifests' bytes, by folder */
    static SmallFiles together(SftpSession remote, Map<String, Long> sizes) throws SftpStatusException {
        Map<String, Long> files = new HashMap<>();
        sizes.forEach((folder, size) -> files.put(RemotePath.below(folder, Manifest.NAME), size));
        return SmallFiles.of(remote, files);
    }

    /** {@code names}: as in {@link ManifestReader}; {@code read}: with others, perhaps */
    static Optional<ManifestReader> open(
            SftpSession remote, String folder, UnaryOperator<String> names, Optional<SmallFiles> read)
            throws SftpStatusException {
        ManifestReader reader = new ManifestReader(SftpSession.MOST_MEMORY, names);
        String path = RemotePath.below(folder, Manifest.NAME);
        try {
            Optional<byte[]> content =
                    read.isEmpty() ? Optional.empty() : read.get().take(path);
            if (content.isPresent()) {
                reader.write(content.get(), 0, content.get().length);
            } else {
                remote.read(path, reader, reader::hasEnough);
            }
            return Optional.of(reader);
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
