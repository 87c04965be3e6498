package dev.offsite.job;

import java.nio.file.Path;

/**
 * A login on the target that runs the hash commands, and nothing else.
 *
 * @param user login name
 * @param port TCP port of the SSH server that it uses, which may be another than the one for uploads
 * @param key private key file; null if the login for uploads has none either
 * @param passphrase of the key, or null
 * @param sshPath where its commands find what SFTP shows
 */
public record VerifyLogin(String user, int port, Path key, String passphrase, SshPath sshPath) {

    /** Without the passphrase. */
    @Override
    public String toString() {
        return user + ":" + port;
    }
}
