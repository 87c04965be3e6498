package dev.offsite.openssh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files that ssh takes by itself, each read once. Not for several threads. */
public final class SshConfigs {

    private final Surroundings here;
    private final Map<Path, SshConfig> read = new HashMap<>();

    public SshConfigs(Surroundings here) {
        this.here = here;
    }

    public Surroundings here() {
        return here;
    }

    /** Reads the file and all that it includes, at the first call. The user's own says nothing if there is none. */
    public SshConfig read(Path file) throws SshConfigException {
        SshConfig config = read.get(file);
        if (config == null) {
            boolean none = file.equals(here.config()) && Files.notExists(file);
            config = none ? SshConfig.empty(file, here) : SshConfig.read(file, here);
            read.put(file, config);
        }
        return config;
    }

    /** Reads the user's own configuration. */
    public SshConfig standard() throws SshConfigException {
        return read(here.config());
    }

    /** Those of the user's keys that ssh would try and that are there. */
    public List<Path> standardKeys() {
        return there(Stream.of("id_rsa", "id_ecdsa", "id_ed25519").map(here.ssh()::resolve));
    }

    /** The user's own files with host keys that are there. */
    public List<Path> standardKnownHosts() {
        return there(Stream.of("known_hosts", "known_hosts2").map(here.ssh()::resolve));
    }

    /** The machine's files with host keys that are there. */
    public static List<Path> systemKnownHosts() {
        return there(Stream.of("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
                .map(Path::of));
    }

    private static List<Path> there(Stream<Path> files) {
        return files.filter(Files::exists).toList();
    }
}
