package dev.offsite.doctor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file on the server whose content we know.
 *
 * @param path absolute, as SFTP has it
 * @param text its content, ASCII
 */
public record ProbeFile(String path, String text) {

    /** A file there, with a content of its own. */
    static ProbeFile at(String path) {
        return new ProbeFile(path, "offsite doctor tries %s%n".formatted(path));
    }

    /** The same content under another name. */
    ProbeFile renamed(String to) {
        return new ProbeFile(to, text);
    }

    String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
