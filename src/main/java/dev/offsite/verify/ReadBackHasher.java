package dev.offsite.verify;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.io.HashingOutputStream;
import dev.offsite.io.Parallel;
import dev.offsite.io.Text;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

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
        Parallel.forEach(connection.activity(), parallel, files, file -> results.put(file.path(), verify(file)));
        return results;
    }

    private VerificationResult verify(ExpectedFile file) throws SshException {
        try {
            return VerificationResult.of(file, hash(file), VerificationMethod.READBACK);
        } catch (SshException e) {
            throw e;
        } catch (IOException e) {
            return VerificationResult.not(
                    isDamage(e) ? VerificationResult.State.DIFFERENT : VerificationResult.State.UNVERIFIED,
                    "the copy cannot be read back: " + Text.line(String.valueOf(e.getMessage())));
        }
    }

    /** Whether the server has the file and fails to read it, as after a fault of its disk; not for want of a permission. */
    private static boolean isDamage(IOException e) {
        return e instanceof SftpStatusException refusal
                && refusal.answered()
                && refusal.code() == SftpStatusException.FAILURE
                && !NOT_ALLOWED.matcher(String.valueOf(refusal.getMessage())).find();
    }

    private String hash(ExpectedFile file) throws IOException {
        Throttle throttle = connection.throttle();
        try (HashingOutputStream out =
                new HashingOutputStream(OutputStream.nullOutputStream(), throttle.before(read -> {}))) {
            connection.sessions().call(remote -> {
                // One byte too many is enough to know that it differs.
                remote.read(file.path(), out, () -> file.size() >= 0 && out.count() > file.size());
                return null;
            });
            return out.sha256();
        }
    }
}
