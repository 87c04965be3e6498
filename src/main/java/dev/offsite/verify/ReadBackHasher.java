package dev.offsite.verify;

import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Lanes;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** The verification for servers that run no command: every byte is read back over SFTP and hashed here. */
public final class ReadBackHasher {

    private final TargetConnection connection;

    ReadBackHasher(TargetConnection connection) {
        this.connection = connection;
    }

    /**
     * A verdict for each file, by its path.
     *
     * @param parallel how many connections at most
     * @throws SshException if the target can no longer be reached, or refuses
     */
    Map<String, VerificationResult> verify(Collection<ExpectedFile> claims, int parallel) throws SshException {
        Map<String, VerificationResult> verdicts = new ConcurrentHashMap<>();
        AtomicReference<SshException> refused = new AtomicReference<>();
        ExecutorService executor = Executors.newFixedThreadPool(parallel);
        try {
            Lanes.run(claims, parallel, executor, claim -> {
                if (refused.get() == null) {
                    verdicts.put(claim.path(), verify(claim, refused));
                }
            });
        } finally {
            executor.shutdown();
        }
        if (refused.get() != null) {
            throw refused.get();
        }
        return verdicts;
    }

    private VerificationResult verify(ExpectedFile claim, AtomicReference<SshException> refused) {
        try {
            return VerificationResult.of(claim, hash(claim.path()), VerificationMethod.READBACK);
        } catch (IOException e) {
            if (e instanceof SshException target) {
                refused.compareAndSet(null, target);
            }
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
