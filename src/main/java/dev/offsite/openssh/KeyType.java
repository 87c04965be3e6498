package dev.offsite.openssh;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The types of public keys that OpenSSH knows. */
enum KeyType {
    ED25519("ssh-ed25519", "ed25519", ""),
    ECDSA_256("ecdsa-sha2-nistp256", "", "nistp256"),
    ECDSA_384("ecdsa-sha2-nistp384", "", "nistp384"),
    ECDSA_521("ecdsa-sha2-nistp521", "", "nistp521"),
    RSA("ssh-rsa", "rsa", ""),
    DSA("ssh-dss", "dsa", ""),
    SK_ED25519("sk-ssh-ed25519@openssh.com", "ed25519-sk", ""),
    SK_ECDSA("sk-ecdsa-sha2-nistp256@openssh.com", "ecdsa-sk", "nistp256");

    private static final String CERTIFICATE = "-cert-v01@openssh.com";
    private static final Set<String> RSA_SIGNATURES = Set.of("rsa-sha2-256", "rsa-sha2-512");
    private static final int LEAST_RSA_BITS = 1024;
    private static final int ED25519_BYTES = 32;

    private final String sshName;
    private final String shortName;
    final String curve;

    KeyType(String sshName, String shortName, String curve) {
        this.sshName = sshName;
        this.shortName = shortName;
        this.curve = curve;
    }

    String sshName() {
        return sshName;
    }

    static boolean isCertificate(String algorithm) {
        return algorithm.endsWith(CERTIFICATE);
    }

    /** The type of the keys that an algorithm is for: {@code rsa-sha2-512} and its certificates are for RSA keys. */
    static Optional<KeyType> of(String algorithm) {
        String plain = isCertificate(algorithm)
                ? algorithm.substring(0, algorithm.length() - CERTIFICATE.length())
                : algorithm;
        String signature = RSA_SIGNATURES.contains(plain) ? RSA.sshName : plain;
        for (KeyType type : values()) {
            // Certificates of security keys have the mark of the vendor once only.
            String name = isCertificate(algorithm) ? type.sshName.replace("@openssh.com", "") : type.sshName;
            if (name.equals(signature)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** As the first string of a key, where OpenSSH also takes short names. */
    static Optional<KeyType> ofKey(String name) {
        Optional<KeyType> type = of(name);
        if (type.isPresent()) {
            return type;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        for (KeyType one : values()) {
            if (!one.shortName.isEmpty() && one.shortName.equals(lower)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** Reads the public part, and returns it as a plain key in the only form that equal keys have. */
    byte[] read(Wire from) {
        List<byte[]> fields = new ArrayList<>();
        fields.add(sshName.getBytes(StandardCharsets.ISO_8859_1));
        switch (this) {
            case RSA -> {
                fields.add(number(from));
                BigInteger modulus = from.mpint();
                Wire.check(modulus.bitLength() >= LEAST_RSA_BITS, "an RSA key that is too short");
                fields.add(modulus.toByteArray());
            }
            case DSA -> {
                for (int i = 0; i < 4; i++) {
                    fields.add(number(from));
                }
            }
            case ED25519, SK_ED25519 -> {
                byte[] point = from.string();
                Wire.check(point.length == ED25519_BYTES, "a key of another length");
                fields.add(point);
            }
            default -> {
                String named = from.text();
                Wire.check(named.equals(curve), "a key of another curve");
                fields.add(named.getBytes(StandardCharsets.ISO_8859_1));
                fields.add(from.string());
            }
        }
        if (this == SK_ED25519 || this == SK_ECDSA) {
            fields.add(from.string());
        }
        return Wire.strings(fields.toArray(byte[][]::new));
    }

    private static byte[] number(Wire from) {
        return from.mpint().toByteArray();
    }
}
