package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.proof.Proof;
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

/** The proof for servers that run no command: every byte is read back over SFTP and hashed here. */
final class ReadBack {

    private final Connection connection;

    ReadBack(Connection connection) {
        this.connection = connection;
    }

    /**
     * A verdict for each file, by its path.
     *
     * @param parallel how many connections at most
     * @throws JSchException if the target can no longer be reached, or refuses
     */
    Map<String, Verdict> prove(Collection<Claim> claims, int parallel) throws JSchException {
        Map<String, Verdict> verdicts = new ConcurrentHashMap<>();
        AtomicReference<JSchException> refused = new AtomicReference<>();
        ExecutorService executor = Executors.newFixedThreadPool(parallel);
        try {
            Lanes.run(claims, parallel, executor, claim -> {
                if (refused.get() == null) {
                    verdicts.put(claim.path(), prove(claim, refused));
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

    private Verdict prove(Claim claim, AtomicReference<JSchException> refused) {
        try {
            return Verdict.of(claim, hash(claim.path()), Proof.READBACK);
        } catch (JSchException | SftpException | IOException e) {
            if (e instanceof JSchException target) {
                refused.compareAndSet(null, target);
            }
            return Verdict.not(
                    Verdict.State.UNPROVEN,
                    "the copy cannot be read back: " + Text.line(String.valueOf(e.getMessage())));
        }
    }

    private String hash(String path) throws JSchException, SftpException, IOException {
        MessageDigest digest = HashingStream.sha256Digest();
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
