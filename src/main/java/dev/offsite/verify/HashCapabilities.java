package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateProperties;
import dev.offsite.io.StateStore;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.PartNames;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out at first need by which command each target hashes files, and remembers it in {@code hash-commands.properties}
 * in the state folder. The remembered command may be out of date: every use of it is checked.
 */
public final class HashCapabilities {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final String PROBE = "offsite's probe";

    private final StateFile file;
    private final PartNames partNames;
    private final Clock clock;
    private final Map<String, HashCapability> known = new ConcurrentHashMap<>();
    /** Target to the folder that already has the probe file. */
    private final Map<String, String> placed = new ConcurrentHashMap<>();
    /** Each is locked while its target is probed. */
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    public HashCapabilities(StateStore state, PartNames partNames, Clock clock) {
        this.partNames = partNames;
        this.file = new StateFile(state, "hash-commands.properties");
        this.clock = clock;
    }

    /** Where it remembers. */
    StateStore state() {
        return file.state();
    }

    /** How the target hashes files. A small probe file may be written to {@code folder}. */
    HashCapability of(TargetConnection connection, CommandRunner server, String folder) throws IOException {
        HashCapability capability = known(connection);
        Instant now = clock.instant();
        Duration again = connection.target().verification() == VerificationMethod.HASH
                ? HashCapability.ASK_AGAIN_SOON
                : HashCapability.ASK_AGAIN;
        if (capability.at().equals(HashCapability.NEVER)
                || (capability.isNone() && capability.at().plus(again).isBefore(now))) {
            try {
                capability = probe(connection, server, folder, now);
            } catch (SftpStatusException e) {
                if (e.code() != SftpStatusException.PERMISSION_DENIED) {
                    throw e;
                }
                // This folder may be read-only while others are not, so the result is not remembered.
                return capability.isNone()
                        ? new HashCapability(List.of(), now, "no file may be written to %s to try it".formatted(folder))
                        : capability;
            }
            known.put(key(connection), capability);
            store(key(connection), capability);
        }
        return capability;
    }

    HashCapability known(TargetConnection connection) {
        boolean needed = connection.target().verification() == VerificationMethod.HASH
                || connection.target().verifyLogin() != null;
        // Where a hash command is required, a restart probes again at once: it may just have been allowed.
        return known.computeIfAbsent(key(connection), key -> HashCapability.parse(load().getProperty(key, ""))
                .filter(stored -> !stored.isNone() || !needed)
                .orElse(HashCapability.UNKNOWN));
    }

    /** Makes the next use probe the target again, after the remembered command failed. */
    void forget(TargetConnection connection) {
        known.put(key(connection), HashCapability.UNKNOWN);
    }

    /** Stops using the target's command in this process, because it hangs. */
    void hangs(TargetConnection connection, String why) {
        known.put(key(connection), new HashCapability(List.of(), clock.instant(), why));
    }

    private static String key(TargetConnection connection) {
        Target target = connection.target().hashing();
        String program = target.program() == HashProgram.AUTO ? "" : " by " + target.program();
        return (target + " " + target.sshPath()).strip() + program;
    }

    /** Writes the probe file, if one is needed, over the open connection while others are being made. */
    void place(TargetConnection connection, String folder) throws IOException {
        if (!isProbeMissing(connection)) {
            return;
        }
        // Two jobs may ship to one target: only one probe is there, and removed.
        synchronized (locks.computeIfAbsent(key(connection), key -> new Object())) {
            if (isProbeMissing(connection)) {
                String probe = probe(folder);
                write(connection, probe);
                placed.put(key(connection), probe);
            }
        }
    }

    private boolean isProbeMissing(TargetConnection connection) {
        return known(connection).at().equals(HashCapability.NEVER) && !placed.containsKey(key(connection));
    }

    void clear(TargetConnection connection) throws IOException {
        if (placed.containsKey(key(connection))) {
            synchronized (locks.computeIfAbsent(key(connection), key -> new Object())) {
                String probe = placed.remove(key(connection));
                if (probe != null) {
                    remove(connection, probe);
                }
            }
        }
    }

    private HashCapability probe(TargetConnection connection, CommandRunner server, String folder, Instant now)
            throws IOException {
        byte[] hash = HashingInputStream.sha256Digest().digest(PROBE.getBytes(StandardCharsets.UTF_8));
        Target target = connection.target().hashing();
        synchronized (locks.computeIfAbsent(key(connection), key -> new Object())) {
            Optional<String> there = Optional.ofNullable(placed.get(key(connection)))
                    .filter(placed -> RemotePath.parent(placed).equals(folder));
            boolean isPlaced = there.isPresent();
            // Asked again, its name may be another one.
            String probe = there.orElseGet(() -> probe(folder));
            try {
                if (!isPlaced) {
                    write(connection, probe);
                }
                return new HashCapabilityProbe(
                                server,
                                target.sshPath().ofCommand(probe),
                                HexFormat.of().formatHex(hash),
                                () -> connection.sessions().call(remote -> remote.checkFile(probe)))
                        .search(target, now);
            } finally {
                if (!isPlaced) {
                    remove(connection, probe);
                }
            }
        }
    }

    private String probe(String folder) {
        return folder + "/" + partNames.of(folder, PROBE, 0, 0);
    }

    private static void write(TargetConnection connection, String probe) throws IOException {
        connection.sessions().run(remote -> remote.write(probe, PROBE));
    }

    /** On append-only servers the probe file cannot be removed. It has a fixed name, so at most one is left. */
    private static void remove(TargetConnection connection, String probe) throws IOException {
        try {
            connection.sessions().run(remote -> remote.remove(probe));
        } catch (SftpStatusException e) {
            if (e.code() != SftpStatusException.PERMISSION_DENIED) {
                throw e;
            }
            LOG.debug("{}: {} stays there", connection.target(), probe, e);
        }
    }

    private synchronized void store(String target, HashCapability capability) {
        StateProperties.set(file, target, capability.format(), "By what each target hashes files");
    }

    private Properties load() {
        return StateProperties.of(file);
    }
}
