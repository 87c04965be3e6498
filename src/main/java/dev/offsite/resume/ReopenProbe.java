package dev.offsite.resume;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateProperties;
import dev.offsite.io.StateStore;
import dev.offsite.manifest.PartNames;
import dev.offsite.sftp.PartFiles;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out at first need whether a server can open a file again without emptying it, and remembers it in
 * {@code reopening.properties} in the state folder. OpenSSH can; others are tried with a small file.
 */
public final class ReopenProbe {

    private static final Logger LOG = LoggerFactory.getLogger(ReopenProbe.class);
    private static final String PROBE = "offsite's second opening";
    private static final String OPENSSH = "OpenSSH";

    private final StateFile file;
    private final PartNames partNames;
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();

    public ReopenProbe(StateStore state, PartNames partNames) {
        this.file = new StateFile(state, "reopening.properties");
        this.partNames = partNames;
    }

    /** Whether the target keeps what is in a file that is opened again. A small file may be written to {@code folder}. */
    public boolean keeps(TargetConnection connection, String folder) throws IOException {
        String software = connection.sessions().call(SftpSession::software);
        if (software.startsWith(OPENSSH)) {
            return true;
        }
        // Another version may do otherwise.
        String key = connection.target() + " " + software;
        synchronized (this) {
            Optional<Boolean> before = Optional.ofNullable(known.get(key)).or(() -> stored(key));
            boolean keeps = before.isPresent() ? before.get() : probe(connection, folder);
            known.put(key, keeps);
            if (before.isEmpty()) {
                store(key, keeps);
            }
            return keeps;
        }
    }

    private boolean probe(TargetConnection connection, String folder) throws IOException {
        String path = folder + "/" + partNames.of(folder, PROBE, 0, 0);
        boolean keeps = connection.sessions().call(remote -> PartFiles.keepsWhatIsThere(remote, path));
        LOG.debug("{}: a file that is opened again {}", connection.target(), keeps ? "stays as it is" : "does not");
        return keeps;
    }

    private Optional<Boolean> stored(String key) {
        return Optional.ofNullable(StateProperties.of(file).getProperty(key)).map(Boolean::valueOf);
    }

    private void store(String key, boolean keeps) {
        try {
            StateProperties.set(
                    file, key, String.valueOf(keeps), "Which targets keep what is in a file that is opened again");
        } catch (StateException e) {
            LOG.debug("{} cannot be written: the target is tried again", file.place(), e);
        }
    }
}
