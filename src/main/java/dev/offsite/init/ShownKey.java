package dev.offsite.init;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A host key as a person sees it.
 *
 * @param line for known_hosts
 * @param type such as {@code ssh-ed25519}
 * @param blob as in the SSH protocol
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two
public record ShownKey(String line, String type, byte[] blob) {

    private static final String PREFIX = "SHA256:";

    /** Takes it from a line of known_hosts: names, type and Base64. */
    public static ShownKey of(String line) {
        String[] words = line.split(" ", -1);
        return new ShownKey(line, words[1], Base64.getDecoder().decode(words[2]));
    }

    private byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(blob);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** As {@code ssh-keygen -l} prints it. */
    public String fingerprint() {
        return PREFIX + Base64.getEncoder().withoutPadding().encodeToString(sha256());
    }

    /** Whether a text looks like a fingerprint at all. */
    public static boolean isFingerprint(String text) {
        return text.matches(PREFIX + "[A-Za-z0-9+/]{43}=?");
    }

    /** The fingerprint in a text, such as a line of {@code ssh-keygen -l}; else the text itself. */
    public static String fingerprintIn(String text) {
        return Stream.of(text.strip().split("\\s+", -1))
                .filter(ShownKey::isFingerprint)
                .findFirst()
                .orElse(text.strip());
    }

    /** Whether somebody means this key. */
    public boolean is(String fingerprint) {
        return fingerprint.replaceFirst("=$", "").equals(fingerprint());
    }

    public List<String> randomart() {
        return Randomart.lines(sha256(), "%s %d".formatted(family(), bits()));
    }

    /** As ssh-keygen names it: {@code ED25519}, {@code ECDSA}, {@code RSA}. */
    public String family() {
        return type.replaceFirst("^ssh-", "").replaceFirst("-.*", "").toUpperCase(Locale.ROOT);
    }

    /** Where the server has it, as OpenSSH names its files. */
    public String fileThere() {
        return "/etc/ssh/ssh_host_%s_key.pub".formatted(family().toLowerCase(Locale.ROOT));
    }

    private int bits() {
        if (family().equals("ECDSA")) {
            return Integer.parseInt(type.replaceFirst(".*nistp", ""));
        }
        if (!family().equals("RSA")) {
            return 256;
        }
        ByteBuffer wire = ByteBuffer.wrap(blob);
        try {
            string(wire);
            string(wire);
            return new BigInteger(1, string(wire)).bitLength();
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("not an RSA key", e);
        }
    }

    private static byte[] string(ByteBuffer wire) {
        int length = wire.getInt();
        if (length > wire.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        wire.get(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return "%s key %s".formatted(family(), fingerprint());
    }
}
