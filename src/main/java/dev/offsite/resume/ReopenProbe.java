package dev.offsite.resume;

import dev.offsite.io.StateFile;
import dev.offsite.manifest.PartNames;
import dev.offsite.sftp.PartFiles;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
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

    private final Path file;
    private final PartNames partNames;
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();

    public ReopenProbe(String state, PartNames partNames) {
        this.file = Path.of(state, "reopening.properties");
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
        return Optional.ofNullable(load().getProperty(key)).map(Boolean::valueOf);
    }

    private void store(String key, boolean keeps) {
        Properties all = load();
        all.setProperty(key, String.valueOf(keeps));
        try {
            StateFile.makeFolder(file.getParent());
            StringWriter text = new StringWriter();
            all.store(text, "Which targets keep what is in a file that is opened again; may be removed at any time");
            new StateFile(file).replace(text.toString(), false);
        } catch (IOException e) {
            LOG.debug("{} cannot be written: the target is tried again", file, e);
        }
    }

    private Properties load() {
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            all.load(reader);
        } catch (IOException | IllegalArgumentException missingOrUnreadable) {
            all.clear();
        }
        return all;
    }
}
