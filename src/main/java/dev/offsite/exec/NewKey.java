package dev.offsite.exec;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A key pair for logging in: Ed25519, which every OpenSSH since 2014 knows, without a passphrase, since nobody is there at
 * night to type one.
 *
 * @param file the private key, in the format of OpenSSH
 * @param line the public key, as in authorized_keys
 */
public record NewKey(String file, String line) {

    /** Makes one. {@code comment} names it for whoever reads authorized_keys. */
    public static NewKey make(String comment) {
        try {
            KeyPair pair = KeyPair.genKeyPair(new JSch(), KeyPair.ED25519);
            pair.setPublicKeyComment(comment);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            pair.writeOpenSSHv1PrivateKey(file, null);
            return new NewKey(file.toString(StandardCharsets.US_ASCII), line(pair, comment));
        } catch (JSchException e) {
            throw new IllegalStateException("every Java has Ed25519", e);
        }
    }

    /**
     * The public half of a key in a file, as in authorized_keys.
     *
     * @throws IllegalArgumentException if it has a passphrase, or is no private key; the message says what to do
     */
    public static String publicLine(Path file, String comment) {
        KeyPair pair;
        try {
            pair = KeyPair.load(new JSch(), file.toString());
        } catch (JSchException e) {
            throw new IllegalArgumentException("%s cannot be read as a private key".formatted(file), e);
        }
        if (pair.isEncrypted()) {
            throw new IllegalArgumentException(
                    ("the key %s has a passphrase, which nobody types at night: leave --key out for a key of its own, or write"
                                    + " the configuration by hand, with offsite.passphrase-file")
                            .formatted(file));
        }
        return line(pair, comment);
    }

    private static String line(KeyPair pair, String comment) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        pair.writePublicKey(line, comment);
        return line.toString(StandardCharsets.UTF_8).strip();
    }
}
