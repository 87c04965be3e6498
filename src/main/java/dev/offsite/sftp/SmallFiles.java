package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.BatchRead;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small files, read together where requests can be pipelined. */
public final class SmallFiles {

    private final Map<String, BatchRead.Read> read;

    private SmallFiles(Map<String, BatchRead.Read> read) {
        this.read = read;
    }

    /** None of them: each is read alone. */
    public static SmallFiles none() {
        return new SmallFiles(new HashMap<>());
    }

    /** Reads the files that are small, without a round trip for each; a single one is quicker alone. */
    public static SmallFiles of(SftpSession remote, List<String> paths) throws SftpStatusException {
        return paths.size() > 1 ? of(remote, paths, Map.of()) : none();
    }

    /** Reads the small ones of regular files that were listed just now. {@code sizes}: by path */
    public static SmallFiles of(SftpSession remote, Map<String, Long> sizes) throws SftpStatusException {
        return of(remote, List.copyOf(sizes.keySet()), sizes);
    }

    private static SmallFiles of(SftpSession remote, List<String> paths, Map<String, Long> sizes)
            throws SftpStatusException {
        try {
            Optional<SftpPipeline> many = remote.channels().pipelineFor(paths.size());
            return many.isPresent() ? new SmallFiles(BatchRead.of(many.get(), paths, sizes)) : none();
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    /** Whether it is known what is in the file, or that it does not exist. */
    public boolean has(String path) {
        BatchRead.Read one = read.get(path);
        return one != null
                && (one.refusal() == null
                        ? one.content().isPresent()
                        : one.refusal().code() == SftpStatusException.NO_SUCH_FILE);
    }

    /**
     * All bytes of a file, which are then forgotten; empty if it was not read with the others, and must be read alone.
     *
     * @throws SftpStatusException if the server refused to open it
     */
    public Optional<byte[]> take(String path) throws SftpStatusException {
        BatchRead.Read one = read.remove(path);
        if (one != null && one.refusal() != null) {
            throw one.refusal();
        }
        return one == null ? Optional.empty() : one.content();
    }
}
