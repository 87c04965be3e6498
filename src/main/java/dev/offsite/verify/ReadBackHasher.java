package dev.offsite.verify;

import dev.offsite.download.Downloads;
import dev.offsite.download.Incoming;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.apache.camel.util.ObjectHelper;

/** Verifies copies on servers that run no commands: reads every byte back over SFTP and hashes it here. */
public final class ReadBackHasher {

    private static final Pattern NOT_ALLOWED =
            Pattern.compile("permi|denied|allowed|too many|busy|timed? ?out|unavailable", Pattern.CASE_INSENSITIVE);

    /** What to know of a server that {@link #mayReadCache}. */
    public static final String CACHE =
            "rclone serve may give back what is in its cache, not what is on the disk behind it: with --vfs-cache-mode off, reading back is reliable";

    private final TargetConnection connection;

    ReadBackHasher(TargetConnection connection) {
        this.connection = connection;
    }

    /** Whether a server of that name may answer reads without its disk. */
    public static boolean mayReadCache(String software) {
        return software.startsWith("rclone");
    }

    /**
     * Returns a result for each file, by path.
     *
     * @param parallel maximum number of connections
     * @throws SshException if the target can no longer be reached, or refuses
     */
    Map<String, VerificationResult> verify(Collection<ExpectedFile> files, int parallel) throws IOException {
        Map<String, VerificationResult> results = new ConcurrentHashMap<>();
        AtomicReference<SshException> target = new AtomicReference<>();
        Downloads.all(
                connection,
                parallel,
                files,
                ExpectedFile::size,
                file -> new ReadBack(file, (hash, failure) -> {
                    SshException refused = ObjectHelper.getException(SshException.class, failure);
                    if (failure == null) {
                        results.put(file.path(), VerificationResult.of(file, hash, VerificationMethod.READBACK));
                    } else if (refused == null) {
                        results.put(file.path(), not(failure));
                    } else {
                        target.set(refused);
                    }
                }));
        if (target.get() != null) {
            throw target.get();
        }
        return results;
    }

    private static VerificationResult not(Exception failure) {
        if (failure instanceof VerificationException) {
            return VerificationResult.not(VerificationResult.State.DIFFERENT, failure.getMessage());
        }
        return VerificationResult.not(
                isDamage(failure) ? VerificationResult.State.DIFFERENT : VerificationResult.State.UNVERIFIED,
                "the copy cannot be read back: " + Text.line(String.valueOf(failure.getMessage())));
    }

    /** Whether the server has the file and fails to read it, as after a fault of its disk; not for want of a permission. */
    private static boolean isDamage(Exception e) {
        return e instanceof SftpStatusException refusal
                && (refusal.code() == SftpStatusException.EOF
                        || (refusal.answered()
                                && refusal.code() == SftpStatusException.FAILURE
                                && !NOT_ALLOWED
                                        .matcher(String.valueOf(refusal.getMessage()))
                                        .find()));
    }

    /** A copy that is hashed as it comes, and not kept. */
    private static final class ReadBack implements Incoming {
        private final ExpectedFile file;
        /** Only while it arrives: there may be a hundred thousand copies. */
        private MessageDigest digest;

        private final BiConsumer<String, Exception> whenDone;

        ReadBack(ExpectedFile file, BiConsumer<String, Exception> whenDone) {
            this.file = file;
            this.whenDone = whenDone;
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void check(RemoteFile there) throws VerificationException {
            if (file.size() >= 0 && file.size() != there.size()) {
                throw new VerificationException("the copy differs: it has %d bytes on the server, it should have %d"
                        .formatted(there.size(), file.size()));
            }
        }

        @Override
        public long begin() {
            digest = HashingInputStream.sha256Digest();
            return 0;
        }

        @Override
        public void write(ByteBuffer bytes) {
            digest.update(bytes);
        }

        @Override
        public boolean end() {
            byte[] hash = digest.digest();
            digest = null;
            whenDone.accept(HexFormat.of().formatHex(hash), null);
            return true;
        }

        @Override
        public void fail(Exception cause) {
            whenDone.accept(null, cause);
        }
    }
}
