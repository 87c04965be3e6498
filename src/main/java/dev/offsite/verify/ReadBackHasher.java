package dev.offsite.verify;

import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Parallel;
import dev.offsite.io.Text;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.SshException;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Verifies copies on servers that run no commands: reads every byte back over SFTP and hashes it here. */
public final class ReadBackHasher {

    private final TargetConnection connection;

    ReadBackHasher(TargetConnection connection) {
        this.connection = connection;
    }

    /**
     * Returns a result for each file, by path.
     *
     * @param parallel maximum number of connections
     * @throws SshException if the target can no longer be reached, or refuses
     */
    Map<String, VerificationResult> verify(Collection<ExpectedFile> files, int parallel) throws IOException {
        Map<String, VerificationResult> results = new ConcurrentHashMap<>();
        Parallel.forEach(parallel, files, file -> results.put(file.path(), verify(file)));
        return results;
    }

    private VerificationResult verify(ExpectedFile file) throws SshException {
        try {
            return VerificationResult.of(file, hash(file.path()), VerificationMethod.READBACK);
        } catch (SshException e) {
            throw e;
        } catch (IOException e) {
            return VerificationResult.not(
                    VerificationResult.State.UNVERIFIED,
                    "the copy cannot be read back: " + Text.line(String.valueOf(e.getMessage())));
        }
    }

    private String hash(String path) throws IOException {
        MessageDigest digest = HashingInputStream.sha256Digest();
        try (OutputStream out =
                new DigestOutputStream(connection.throttle().limited(OutputStream.nullOutputStream()), digest)) {
            connection.sessions().call(remote -> {
                digest.reset();
                remote.read(path, out);
                return null;
            });
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
