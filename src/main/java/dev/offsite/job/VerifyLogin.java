package dev.offsite.job;

import java.nio.file.Path;

/**
 * A login on the target that only runs the hash commands.
 *
 * @param port TCP port of its SSH server, which may differ from the upload port
 * @param key private key file; null if the upload login has none either
 * @param passphrase of the key, or null
 */
public record VerifyLogin(String user, int port, Path key, String passphrase, SshPath sshPath) {

    /** Without the passphrase. */
    @Override
    public String toString() {
        return user + ":" + port;
    }
}
