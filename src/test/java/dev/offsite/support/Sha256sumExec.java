package dev.offsite.support;

import dev.offsite.demo.EmbeddedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An embedded server's {@code sha256sum} that a test can look over the shoulder of, and make lie. Plain names only. */
public class Sha256sumExec implements EmbeddedServer.Exec {
    private static final Pattern OPERAND = Pattern.compile("'([^']*)'");

    private volatile Predicate<Path> lies = file -> false;

    /** From now on the hashes of these files are wrong. */
    public void lieAbout(Predicate<Path> which) {
        lies = which;
    }

    /** Is called before a file is hashed. */
    protected void hashing(Path file) {}

    /** Is called when a file was hashed, before the client is told. */
    protected void hashed(Path file) {}

    @Override
    public Result run(String command, Path root) {
        if (!command.startsWith("sha256sum ")) {
            return new Result(127, "", command + ": command not found");
        }
        StringBuilder stdout = new StringBuilder();
        Matcher operands = OPERAND.matcher(command);
        while (operands.find()) {
            String name = operands.group(1);
            Path file = root.resolve(name.substring(1));
            hashing(file);
            String hash = lies.test(file) ? "0".repeat(64) : sha256(file);
            hashed(file);
            stdout.append(hash).append("  ").append(name).append('\n');
        }
        return new Result(0, stdout.toString(), "");
    }

    private static String sha256(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                Files.copy(file, out);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
