package dev.offsite.openssh;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAKey;
import java.security.spec.DSAPublicKeySpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Verifies signatures of the SSH protocol with Java's own cryptography. */
final class KeySignature {

    private static final int DSA_NUMBER = 20;

    /** Java's names, by those of SSH. */
    private static final Map<String, String> ALGORITHMS = Map.of(
            "ssh-ed25519", "Ed25519",
            "ecdsa-sha2-nistp256", "SHA256withECDSA",
            "ecdsa-sha2-nistp384", "SHA384withECDSA",
            "ecdsa-sha2-nistp521", "SHA512withECDSA",
            "rsa-sha2-256", "SHA256withRSA",
            "rsa-sha2-512", "SHA512withRSA",
            "ssh-rsa", "SHA1withRSA",
            "ssh-dss", "SHA1withDSA");

    private KeySignature() {}

    /** Whether the key signed the message; empty if this cannot be checked: security keys, or what Java lacks. */
    static Optional<Boolean> verify(SshKey key, byte[] signature, byte[] message) {
        Wire wire = new Wire(signature);
        String algorithm = wire.text();
        byte[] value = wire.string();
        String javaName = ALGORITHMS.get(algorithm);
        if (key.type() == KeyType.SK_ED25519 || key.type() == KeyType.SK_ECDSA) {
            return Optional.empty();
        }
        if (javaName == null || !KeyType.of(algorithm).equals(Optional.of(key.type())) || !wire.isEmpty()) {
            return Optional.of(false);
        }
        try {
            PublicKey publicKey = publicKey(key);
            Signature verifier = Signature.getInstance(javaName);
            verifier.initVerify(publicKey);
            verifier.update(message);
            return Optional.of(verifier.verify(
                    switch (key.type()) {
                        case ECDSA_256, ECDSA_384, ECDSA_521 -> der(new Wire(value));
                        case DSA -> der(value);
                        case RSA -> padded(value, ((RSAKey) publicKey).getModulus());
                        default -> value;
                    }));
        } catch (SignatureException e) {
            return Optional.of(false);
        } catch (Wire.Malformed e) {
            throw e;
        } catch (GeneralSecurityException | RuntimeException e) {
            // Some providers are not prepared for every key that a server may send.
            return Optional.empty();
        }
    }

    private static PublicKey publicKey(SshKey key) throws GeneralSecurityException {
        Wire wire = new Wire(key.plain());
        wire.string();
        return switch (key.type()) {
            case ED25519 -> ed25519(wire.string());
            case RSA -> {
                BigInteger exponent = wire.mpint();
                yield KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(wire.mpint(), exponent));
            }
            case DSA -> {
                BigInteger p = wire.mpint();
                BigInteger q = wire.mpint();
                BigInteger g = wire.mpint();
                yield KeyFactory.getInstance("DSA").generatePublic(new DSAPublicKeySpec(wire.mpint(), p, q, g));
            }
            default -> {
                wire.string();
                yield ecdsa(key.type().curve, wire.string());
            }
        };
    }

    private static PublicKey ed25519(byte[] point) throws GeneralSecurityException {
        byte[] big = new byte[point.length];
        for (int i = 0; i < big.length; i++) {
            big[i] = point[big.length - 1 - i];
        }
        boolean odd = big[0] < 0;
        big[0] &= 0x7f;
        EdECPoint at = new EdECPoint(odd, new BigInteger(1, big));
        return KeyFactory.getInstance("Ed25519").generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, at));
    }

    private static PublicKey ecdsa(String curve, byte[] point) throws GeneralSecurityException {
        Wire.check(point.length > 2 && point.length % 2 == 1 && point[0] == 4, "a compressed point");
        int half = point.length / 2;
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + half));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 1 + half, point.length));
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve.replace("nistp", "secp") + "r1"));
        ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), spec));
    }

    /** OpenSSH takes a signature without its leading zeros, Java does not. */
    private static byte[] padded(byte[] signature, BigInteger modulus) {
        int length = (modulus.bitLength() + 7) / 8;
        byte[] padded = new byte[Math.max(length, signature.length)];
        System.arraycopy(signature, 0, padded, padded.length - signature.length, signature.length);
        return padded;
    }

    private static byte[] der(Wire numbers) {
        BigInteger r = numbers.mpint();
        return der(r, numbers.mpint());
    }

    private static byte[] der(byte[] numbers) {
        Wire.check(numbers.length == 2 * DSA_NUMBER, "a signature of another length");
        return der(
                new BigInteger(1, Arrays.copyOf(numbers, DSA_NUMBER)),
                new BigInteger(1, Arrays.copyOfRange(numbers, DSA_NUMBER, numbers.length)));
    }

    /** ASN.1: a sequence of two integers. */
    private static byte[] der(BigInteger r, BigInteger s) {
        return element(0x30, join(element(0x02, r.toByteArray()), element(0x02, s.toByteArray())));
    }

    private static byte[] element(int tag, byte[] content) {
        byte[] head = content.length < 0x80
                ? new byte[] {(byte) tag, (byte) content.length}
                : new byte[] {(byte) tag, (byte) 0x81, (byte) content.length};
        return join(head, content);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
