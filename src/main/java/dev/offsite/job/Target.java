package dev.offsite.job;

import dev.offsite.openssh.ServerName;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The SSH server that a job ships to, and how to log in there.
 *
 * @param port TCP port, 22 by default
 * @param key private key file, or null if a password is used
 * @param passphrase of the key, or null
 * @param password or null if a key is used
 * @param knownHosts OpenSSH known_hosts file; we do not talk to a server whose key is not in it
 * @param verification the weakest verification method that is accepted
 * @param verifyLogin the login that runs the hash commands; null if the upload login runs them
 * @param modes the permissions of copies and of restored files
 * @param way what else there is on the way to the server
 */
public record Target(
        String host,
        int port,
        String user,
        Path key,
        String passphrase,
        String password,
        Path knownHosts,
        VerificationMethod verification,
        SshPath sshPath,
        HashProgram program,
        VerifyLogin verifyLogin,
        Modes modes,
        Way way) {

    /** Fails with {@link IllegalArgumentException} if the host is something else, with what to write instead */
    public Target {
        host = HostName.parse(host);
    }

    /** With a plain way. */
    public Target(
            String host,
            int port,
            String user,
            Path key,
            String passphrase,
            String password,
            Path knownHosts,
            VerificationMethod verification,
            SshPath sshPath,
            HashProgram program,
            VerifyLogin verifyLogin,
            Modes modes) {
        this(
                host,
                port,
                user,
                key,
                passphrase,
                password,
                knownHosts,
                verification,
                sshPath,
                program,
                verifyLogin,
                modes,
                Way.PLAIN);
    }

    Target verifiedBy(VerifyLogin login) {
        return new Target(
                host,
                port,
                user,
                key,
                passphrase,
                password,
                knownHosts,
                verification,
                sshPath,
                program,
                login,
                modes,
                way);
    }

    /** The server as known_hosts names it. */
    public ServerName knownAs() {
        return new ServerName(host, port, way.hostKeyAlias());
    }

    /** All files with host keys, the target's own first. */
    public List<Path> knownHostsFiles() {
        return Stream.concat(Stream.of(knownHosts), way.knownHosts().stream())
                .distinct()
                .toList();
    }

    /** The same with more files of host keys. */
    public Target knowing(List<Path> files) {
        return by(way.knowing(files));
    }

    /** The same with at most that many connections at a time. */
    Target allowing(int connections) {
        return by(way.allowing(connections));
    }

    private Target by(Way other) {
        return new Target(
                host,
                port,
                user,
                key,
                passphrase,
                password,
                knownHosts,
                verification,
                sshPath,
                program,
                verifyLogin,
                modes,
                other);
    }

    /** The same server, with the login that runs the hash commands. */
    public Target hashing() {
        return verifyLogin == null
                ? this
                : new Target(
                        host,
                        verifyLogin.port(),
                        verifyLogin.user(),
                        verifyLogin.key(),
                        verifyLogin.passphrase(),
                        null,
                        knownHosts,
                        verification,
                        verifyLogin.sshPath(),
                        program,
                        null,
                        modes,
                        Objects.equals(key, verifyLogin.key()) ? way : way.withoutKeys());
    }

    // Written by hand: Java generates a record's methods anew in each process, which would slow each start.

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Target that
                        && port == that.port
                        && host.equals(that.host)
                        && user.equals(that.user)
                        && Objects.equals(key, that.key)
                        && Objects.equals(passphrase, that.passphrase)
                        && Objects.equals(password, that.password)
                        && Objects.equals(knownHosts, that.knownHosts)
                        && verification == that.verification
                        && Objects.equals(sshPath, that.sshPath)
                        && program == that.program
                        && Objects.equals(verifyLogin, that.verifyLogin)
                        && modes == that.modes
                        && Objects.equals(way, that.way));
    }

    @Override
    public int hashCode() {
        return 31 * (31 * host.hashCode() + user.hashCode()) + port;
    }

    /**
     * The server among all, in lower case: host and port, after those of the jump hosts, behind which the same address may be
     * another server.
     */
    public String server() {
        String own = (host + ":" + port).toLowerCase(Locale.ROOT);
        return way.jumps().isEmpty()
                ? own
                : way.jumps().stream().map(Target::server).collect(Collectors.joining(",", "", "," + own));
    }

    /** Its address, and those of the jump hosts that a connection depends on. */
    public String withJumps() {
        return way.jumps().stream()
                .map(Target::toString)
                .reduce((first, next) -> first + " and " + next)
                .map(hops -> "%s through the jump host %s".formatted(this, hops))
                .orElseGet(this::toString);
    }

    /** The address {@code user@host:port}, without secrets. */
    @Override
    public String toString() {
        return user + "@" + HostName.withPort(host, port);
    }
}
