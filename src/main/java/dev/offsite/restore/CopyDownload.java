package dev.offsite.restore;

import dev.offsite.catalog.SnapshotFile;
import dev.offsite.download.Incoming;
import dev.offsite.download.PartFile;
import dev.offsite.io.HashedFile;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores one copy, with its time of last change, if it has the bytes that the manifest says. An existing file or symbolic link
 * of the final name is replaced.
 */
final class CopyDownload implements Incoming {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final SnapshotFile copy;
    private final String path;
    private final Path to;
    private final RestoreTarget destination;
    private final int mode;
    private final Optional<CopyDecryption> decryption;
    private final PartFile part;
    private final BiConsumer<HashedFile, Exception> whenDone;
    private boolean anew;

    /**
     * Prepares the download of a copy, which has an entry.
     *
     * @param path absolute, on the server
     * @param mode of the local file, as far as the umask allows it; -1 is the default
     * @param progress receives the number of bytes of each write
     * @param decryption empty if it is restored as it is
     * @param whenDone is called once, with what was restored, or with the failure
     */
    CopyDownload(
            SnapshotFile copy,
            String path,
            RestoreTarget destination,
            Path to,
            int mode,
            Optional<CopyDecryption> decryption,
            LongConsumer progress,
            BiConsumer<HashedFile, Exception> whenDone) {
        this.copy = copy;
        this.path = path;
        this.destination = destination;
        this.to = to;
        this.mode = mode;
        this.decryption = decryption;
        this.part = decryption.isPresent() ? PartFile.encrypted(to, progress) : new PartFile(to, progress);
        this.whenDone = whenDone;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public long size() {
        return copy.size();
    }

    @Override
    public void check(RemoteFile there) throws IOException {
        if (there.size() != copy.size()) {
            throw SftpStatusException.leftAlone("the server has %d bytes of it now, and listed %d; was it written to?"
                    .formatted(there.size(), copy.size()));
        }
    }

    @Override
    public long begin() throws IOException {
        destination.make(to, mode);
        return part.begin(copy.size(), !anew && copy.sha256().isPresent());
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        part.write(bytes);
    }

    @Override
    public boolean end() throws IOException, VerificationException {
        HashedFile fetched = part.end();
        String expected = copy.sha256().orElse(fetched.sha256());
        if (!expected.equals(fetched.sha256())) {
            if (part.resumed() && !anew) {
                LOG.warn("{}: what an earlier attempt left is not its beginning; it is downloaded again", to);
                anew = true;
                return false;
            }
            throw new VerificationException(
                    "what arrived differs: its SHA-256 is %s, it should be %s".formatted(fetched.sha256(), expected));
        }
        whenDone.accept(publish(fetched), null);
        return true;
    }

    private HashedFile publish(HashedFile fetched) throws IOException, VerificationException {
        if (decryption.isEmpty()) {
            part.publish(copy.entry().orElseThrow().modified(), mode);
            return fetched;
        }
        HashedFile decrypted = decryption.get().publish(part, to, mode);
        part.discard();
        return decrypted;
    }

    @Override
    public void fail(Exception cause) {
        try {
            part.leave(FailureMessages.cut(cause) && copy.sha256().isPresent());
        } catch (IOException e) {
            LOG.debug("{}: its part file stays", to, e);
        }
        whenDone.accept(null, cause);
    }
}
