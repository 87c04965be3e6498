package dev.offsite.doctor;

import dev.offsite.io.HashingInputStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A file on the server whose content we know.
 *
 * @param path absolute, over SFTP
 * @param text its content, ASCII
 */
record ProbeFile(String path, String text) {

    /** A file with unique content. */
    static ProbeFile at(String path) {
        return new ProbeFile(path, "offsite doctor tries %s%n".formatted(path));
    }

    InputStream content() {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    ProbeFile renamed(String to) {
        return new ProbeFile(to, text);
    }

    String sha256() {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(HashingInputStream.sha256Digest().digest(bytes));
    }
}
