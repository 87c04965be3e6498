package dev.offsite.doctor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file on the server whose content we know.
 *
 * @param path absolute, over SFTP
 * @param text its content, ASCII
 */
public record ProbeFile(String path, String text) {

    /** A file with unique content. */
    static ProbeFile at(String path) {
        return new ProbeFile(path, "offsite doctor tries %s%n".formatted(path));
    }

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
