package dev.offsite.openssh;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A public key, which may be certified.
 *
 * @param type of the key itself, also where it is certified
 * @param plain the key without its certificate, as in the SSH protocol
 * @param certificate null for a plain key
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode are written by hand
record SshKey(KeyType type, byte[] plain, HostCertificate certificate) {

    /** Reads a key of the SSH protocol as OpenSSH does; empty if OpenSSH takes it for no key. */
    static Optional<SshKey> parse(byte[] blob) {
        try {
            return Optional.of(parse(blob, true));
        } catch (Wire.Malformed e) {
            return Optional.empty();
        }
    }

    /** Reads the two words of a key in a file; empty if OpenSSH ignores the line. */
    static Optional<SshKey> parse(String algorithm, String base64) {
        Optional<KeyType> named = KeyType.of(algorithm);
        Optional<SshKey> key = named.flatMap(type -> decode(base64)).flatMap(SshKey::parse);
        return key.filter(one -> one.type == named.get() && one.isCertificate() == KeyType.isCertificate(algorithm));
    }

    /** As strict as OpenSSH, unlike Java: without padding or with other bits in it, it is no Base64. */
    private static Optional<byte[]> decode(String text) {
        String base64 = text.replaceAll("[\\r\\x0B\\f]", "");
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return Base64.getEncoder().encodeToString(bytes).equals(base64) ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Fails with {@link Wire.Malformed} */
    static SshKey parse(byte[] blob, boolean mayBeCertificate) {
        Wire wire = new Wire(blob);
        String name = wire.text();
        boolean certified = KeyType.isCertificate(name);
        Wire.check(mayBeCertificate || !certified, "a certificate where a key should be");
        KeyType type = KeyType.ofKey(name).orElseThrow(() -> new Wire.Malformed("an unknown type"));
        if (certified) {
            wire.string();
        }
        byte[] plain = type.read(wire);
        HostCertificate certificate = certified ? HostCertificate.read(wire, blob) : null;
        Wire.check(wire.isEmpty(), "more than a key");
        return new SshKey(type, plain, certificate);
    }

    boolean isCertificate() {
        return certificate != null;
    }

    SshKey withoutCertificate() {
        return new SshKey(type, plain, null);
    }

    /** Whether both have the same public key, certified or not. */
    boolean isSameAs(SshKey other) {
        return Arrays.equals(plain, other.plain);
    }

    /** Type and SHA-256, as {@code ssh-keygen -l} prints it. */
    String fingerprint() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(plain);
            return type.sshName() + " SHA256:"
                    + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SshKey that && isSameAs(that) && isCertificate() == that.isCertificate();
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(plain);
    }

    @Override
    public String toString() {
        return fingerprint();
    }

    /** The reverse of reading each byte as one character. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
