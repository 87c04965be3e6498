package dev.offsite.job;

import dev.offsite.openssh.Algorithms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a server is reached, apart from its address: what ssh_config, the agent and jump hosts contribute.
 *
 * @param file the ssh_config that gave values, or null
 * @param alias the host as it is configured, if {@code file} is not null
 * @param keys private key files to try after the target's own
 * @param certificates of the keys, besides those that lie beside them
 * @param agent the agent that signs, or null
 * @param knownHosts files with host keys besides the target's own
 * @param hostKeyAlias the server's name in known_hosts, or null if that is its address
 * @param jumps the servers to go through, in this order; a jump host has none of its own
 * @param connectTimeout for the connection and for the login each
 * @param aliveInterval after which silence the server is asked for a sign of life; zero for never
 * @param aliveCount how many such questions may stay unanswered
 * @param addressFamily {@code inet}, {@code inet6}, or null for both
 * @param bindAddress the local address to connect from, or null
 * @param mostConnections how many connections to the server may be open at a time, of all nodes together
 */
public record Way(
        Path file,
        String alias,
        List<Path> keys,
        List<Path> certificates,
        Agent agent,
        List<Path> knownHosts,
        String hostKeyAlias,
        List<Target> jumps,
        Algorithms algorithms,
        Duration connectTimeout,
        Duration aliveInterval,
        int aliveCount,
        String addressFamily,
        String bindAddress,
        OptionalInt mostConnections) {

    public static final Duration TIMEOUT = Duration.ofSeconds(20);
    public static final Duration ALIVE_INTERVAL = Duration.ofSeconds(15);
    public static final int ALIVE_COUNT = 4;

    /** A connection of its own, with the target's key or password. */
    public static final Way PLAIN = new Way(
            null,
            null,
            List.of(),
            List.of(),
            null,
            List.of(),
            null,
            List.of(),
            Algorithms.DEFAULT,
            TIMEOUT,
            ALIVE_INTERVAL,
            ALIVE_COUNT,
            null,
            null,
            OptionalInt.empty());

    /**
     * An agent that holds keys.
     *
     * @param socket path of its socket; empty for the one that SSH_AUTH_SOCK names
     * @param onlyKeys whether only the keys whose files are named are offered, and not all that it has
     */
    public record Agent(String socket, boolean onlyKeys) {}

    /** Whether any socket of this machine will do. */
    public boolean isDirect() {
        return jumps.isEmpty() && addressFamily == null && bindAddress == null;
    }

    /** The same for a login with another key: without those of the first. */
    Way withoutKeys() {
        return new Way(
                file,
                alias,
                List.of(),
                List.of(),
                agent == null ? null : new Agent(agent.socket, true),
                knownHosts,
                hostKeyAlias,
                jumps,
                algorithms,
                connectTimeout,
                aliveInterval,
                aliveCount,
                addressFamily,
                bindAddress,
                mostConnections);
    }

    Way allowing(int connections) {
        return new Way(
                file,
                alias,
                keys,
                certificates,
                agent,
                knownHosts,
                hostKeyAlias,
                jumps,
                algorithms,
                connectTimeout,
                aliveInterval,
                aliveCount,
                addressFamily,
                bindAddress,
                OptionalInt.of(connections));
    }

    Way knowing(List<Path> files) {
        return new Way(
                file,
                alias,
                keys,
                certificates,
                agent,
                List.copyOf(files),
                hostKeyAlias,
                jumps,
                algorithms,
                connectTimeout,
                aliveInterval,
                aliveCount,
                addressFamily,
                bindAddress,
                mostConnections);
    }
}
