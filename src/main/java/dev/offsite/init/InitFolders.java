package dev.offsite.init;

import dev.offsite.openssh.Surroundings;
import java.nio.file.Path;

/**
 * Where a first configuration goes: for root {@code /etc/offsite} and {@code /var/lib/offsite}; for others as the XDG Base
 * Directory Specification has it.
 *
 * @param config the folder of the configuration, the key and the host keys
 * @param state as the configuration names it
 */
public record InitFolders(Path config, String state) {

    public static final Path OF_SYSTEM = Path.of("/etc/offsite");

    private static final String ROOT = "root";

    public static InitFolders of(Surroundings here) {
        return here.user().equals(ROOT)
                ? ofSystem()
                : new InitFolders(configOf(here), stateOf(here).toString());
    }

    /** Those of root. */
    public static InitFolders ofSystem() {
        return new InitFolders(OF_SYSTEM, "/var/lib/offsite");
    }

    /** All in one folder. */
    public static InitFolders in(Path folder) {
        return new InitFolders(folder, "state");
    }

    public Path file() {
        return config.resolve("application.properties");
    }

    public Path knownHosts() {
        return config.resolve("known_hosts");
    }

    /** The folder of the user's own configuration. */
    public static Path configOf(Surroundings here) {
        return xdg(here, "XDG_CONFIG_HOME", ".config");
    }

    /** The folder of the user's own state. */
    public static Path stateOf(Surroundings here) {
        return xdg(here, "XDG_STATE_HOME", ".local/state");
    }

    /** The specification has paths ignored that are not absolute. */
    private static Path xdg(Surroundings here, String variable, String byDefault) {
        String set = here.environment().getOrDefault(variable, "");
        Path base = set.startsWith("/") ? Path.of(set) : here.home().resolve(byDefault);
        return base.resolve("offsite");
    }
}
