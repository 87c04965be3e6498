package dev.offsite.job;

import java.nio.file.Path;
import java.util.Objects;

/**
 * The SSH server that a job ships to, and how we log in there.
 *
 * @param host name or address
 * @param port TCP port, 22 by default
 * @param user login name
 * @param key private key file, or null when a password is used
 * @param passphrase of the key, or null
 * @param password or null when a key is used
 * @param knownHosts OpenSSH known_hosts file; a server whose key is not in it is never talked to
 * @param verification the least that a copy there must be verified by
 * @param sshPath where a command there finds what SFTP shows
 * @param program by what it hashes
 * @param verifyLogin the login that runs the hash commands; null if it is the one for uploads
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
        VerifyLogin verifyLogin) {

    /** One whose hash commands run with the login for uploads. */
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
            HashProgram program) {
        this(host, port, user, key, passphrase, password, knownHosts, verification, sshPath, program, null);
    }

    /** The same server as those see it who hash there: with their login. */
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
                        program);
    }

    // By hand, for they are asked often and from the start on, and what Java makes for a record it makes anew in each
    // run.

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
                        && Objects.equals(verifyLogin, that.verifyLogin));
    }

    @Override
    public int hashCode() {
        return 31 * (31 * host.hashCode() + user.hashCode()) + port;
    }

    /** Without the secrets, as the address is written everywhere: {@code user@host:port}. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}
