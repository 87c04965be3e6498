package dev.offsite.openssh;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What ssh_config refers to of the machine and of the account that runs Offsite.
 *
 * @param home where {@code ~} is
 * @param user the local account
 * @param environment for {@code ${NAME}}
 */
public record Surroundings(Path home, String user, Map<String, String> environment) {

    /** Those of this process. */
    public static Surroundings ofThisProcess() {
        return new Surroundings(
                Path.of(System.getProperty("user.home")), System.getProperty("user.name"), System.getenv());
    }

    /** The folder {@code ~/.ssh}. */
    public Path ssh() {
        return home.resolve(".ssh");
    }

    /** The user's own configuration of ssh, whether it is there or not. */
    public Path config() {
        return ssh().resolve("config");
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name));
    }
}
