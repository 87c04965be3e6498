package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.io.Clocks;
import dev.offsite.io.HashingInputStream;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out at first need by which command each target hashes files, and remembers it. The remembered command may be
 * out of date: every use of it is checked.
 */
public final class HashCapabilities implements CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** How long to wait before probing a server without a hash command again. */
    private static final Duration ASK_AGAIN = Duration.ofHours(1);
    /** The wait for targets that accept hashes only, as nothing is shipped until they have a command. */
    private static final Duration ASK_AGAIN_SOON = Duration.ofMinutes(1);

    private static final String PROBE = "offsite's probe";

    private final HashCapabilityStore known;
    private final Map<String, HashCapability> rungs = new ConcurrentHashMap<>();
    /** Target to the folder that already has the probe file. */
    private final Map<String, String> placed = new ConcurrentHashMap<>();

    private final Map<String, Lock> probing = new ConcurrentHashMap<>();

    private CamelContext context;

    public HashCapabilities(String state) {
        this.known = new HashCapabilityStore(state);
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** How the target hashes files. A small probe file may be written to {@code folder}. */
    HashCapability of(TargetConnection connection, CommandRunner server, String folder) throws IOException {
        String key = key(connection);
        HashCapability rung = known(connection);
        Instant now = Clocks.of(context).instant();
        Duration again = connection.target().verification() == VerificationMethod.HASH ? ASK_AGAIN_SOON : ASK_AGAIN;
        if (rung.at().equals(HashCapability.NEVER)
                || (rung.isNone() && rung.at().plus(again).isBefore(now))) {
            try {
                rung = probe(connection, server, folder, now);
            } catch (SftpStatusException e) {
                if (e.code() != SftpStatusException.PERMISSION_DENIED) {
                    throw e;
                }
                // This folder may be read-only while others are not, so the result is not remembered.
                return rung.isNone()
                        ? new HashCapability(List.of(), now, "no file may be written to %s to try it".formatted(folder))
                        : rung;
            }
            rungs.put(key, rung);
            known.write(key, rung);
        }
        return rung;
    }

    /** Whether the target is known to have no hash command. */
    boolean isNone(TargetConnection connection) {
        HashCapability rung = known(connection);
        return rung.isNone() && !rung.at().equals(HashCapability.NEVER);
    }

    private HashCapability known(TargetConnection connection) {
        boolean needed = connection.target().verification() == VerificationMethod.HASH
                || connection.target().verifyLogin() != null;
        // Where a hash command is required, a restart probes again at once: it may just have been allowed.
        return rungs.computeIfAbsent(
                key(connection),
                k -> known.read(k).filter(read -> !read.isNone() || !needed).orElse(HashCapability.UNKNOWN));
    }

    /** Makes the next use probe the target again, after the remembered command failed. */
    void forget(TargetConnection connection) {
        rungs.put(key(connection), HashCapability.UNKNOWN);
    }

    /** Stops using the target's command in this process, because it hangs. */
    void hangs(TargetConnection connection, String why) {
        rungs.put(
                key(connection),
                new HashCapability(List.of(), Clocks.of(context).instant(), why));
    }

    private static String key(TargetConnection connection) {
        Target target = connection.target().hashing();
        String program = target.program() == HashProgram.AUTO ? "" : " by " + target.program();
        return (target + " " + target.sshPath()).strip() + program;
    }

    /** Writes the probe file, if one is needed, over the open connection while others are being made. */
    void place(TargetConnection connection, String folder) throws IOException {
        if (known(connection).at().equals(HashCapability.NEVER) && !placed.containsKey(key(connection))) {
            write(connection, probe(folder));
            placed.put(key(connection), folder);
        }
    }

    void clear(TargetConnection connection) throws IOException {
        if (placed.containsKey(key(connection))) {
            Lock lock = lock(connection);
            try {
                String folder = placed.remove(key(connection));
                if (folder != null) {
                    remove(connection, probe(folder));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private Lock lock(TargetConnection connection) {
        Lock lock = probing.computeIfAbsent(key(connection), key -> new ReentrantLock());
        lock.lock();
        return lock;
    }

    private HashCapability probe(TargetConnection connection, CommandRunner server, String folder, Instant now)
            throws IOException {
        Lock lock = lock(connection);
        try {
            return probeNow(connection, server, folder, now);
        } finally {
            lock.unlock();
        }
    }

    private HashCapability probeNow(TargetConnection connection, CommandRunner server, String folder, Instant now)
            throws IOException {
        String file = probe(folder);
        boolean isPlaced = folder.equals(placed.get(key(connection)));
        try {
            if (!isPlaced) {
                write(connection, file);
            }
            byte[] hash = HashingInputStream.sha256Digest().digest(PROBE.getBytes(StandardCharsets.UTF_8));
            String path = connection.target().hashing().sshPath().ofCommand(file);
            return new HashCapabilityProbe(server, path, HexFormat.of().formatHex(hash))
                    .search(connection.target().hashing(), now);
        } finally {
            if (!isPlaced) {
                remove(connection, file);
            }
        }
    }

    private static String probe(String folder) {
        return folder + "/" + TemporaryName.of(PROBE);
    }

    private static void write(TargetConnection connection, String file) throws IOException {
        connection.sessions().call(remote -> {
            remote.write(file, PROBE);
            return null;
        });
    }

    /** On append-only servers the probe file cannot be removed. It has a fixed name, so at most one is left. */
    private static void remove(TargetConnection connection, String file) throws IOException {
        try {
            connection.sessions().call(remote -> {
                remote.remove(file);
                return null;
            });
        } catch (SftpStatusException e) {
            if (e.code() != SftpStatusException.PERMISSION_DENIED) {
                throw e;
            }
            LOG.debug("{}: {} stays there", connection.target(), file, e);
        }
    }
}
