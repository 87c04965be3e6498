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
 * The command by which each target hashes files, found out at the first need and remembered. Every use of it is checked, so
 * what is remembered may be out of date.
 */
public final class HashCapabilities implements CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** After this a server that had no such command is asked again. */
    private static final Duration ASK_AGAIN = Duration.ofHours(1);
    /** The same where nothing else is accepted: nothing is shipped until it has one. */
    private static final Duration ASK_AGAIN_SOON = Duration.ofMinutes(1);

    private static final String PROBE = "offsite's probe";

    private final HashCapabilityStore known;
    private final Map<String, HashCapability> rungs = new ConcurrentHashMap<>();
    /** Folders with the file of a probe that is to come. */
    private final Map<String, String> placed = new ConcurrentHashMap<>();
    /** What is locked while a target is asked. */
    private final Map<String, Lock> probing = new ConcurrentHashMap<>();

    private CamelContext context;

    /**
     * @param state the state folder
     */
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

    /**
     * How that target hashes files.
     *
     * @param folder on it, where a small file may be written for the probe
     */
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
                // What is there may be read and not written; elsewhere it may be otherwise.
                return rung.isNone()
                        ? new HashCapability(List.of(), now, "no file may be written to %s to try it".formatted(folder))
                        : rung;
            }
            rungs.put(key, rung);
            known.write(key, rung);
        }
        return rung;
    }

    /** Whether it is known that the target hashes none. */
    boolean isNone(TargetConnection connection) {
        HashCapability rung = known(connection);
        return rung.isNone() && !rung.at().equals(HashCapability.NEVER);
    }

    private HashCapability known(TargetConnection connection) {
        boolean needed = connection.target().verification() == VerificationMethod.HASH
                || connection.target().verifyLogin() != null;
        // Whoever was told to allow the command there, and has done so, tries again at once.
        return rungs.computeIfAbsent(
                key(connection),
                k -> known.read(k).filter(read -> !read.isNone() || !needed).orElse(HashCapability.UNKNOWN));
    }

    /** Has the target asked again: what was known of it turned out wrong. */
    void forget(TargetConnection connection) {
        rungs.put(key(connection), HashCapability.UNKNOWN);
    }

    /** Does without the target's command for as long as this process runs, since it hangs. */
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

    /**
     * Has the file of the probe ready, if there is to be one: by a connection that is there, while others are being made.
     *
     * @param folder as in {@link #of}
     */
    void place(TargetConnection connection, String folder) throws IOException {
        if (known(connection).at().equals(HashCapability.NEVER) && !placed.containsKey(key(connection))) {
            write(connection, probe(folder));
            placed.put(key(connection), folder);
        }
    }

    /** Removes what was placed there. */
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
