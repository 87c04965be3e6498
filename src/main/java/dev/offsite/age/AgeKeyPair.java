package dev.offsite.age;

import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;

/**
 * A new secret key and its public one.
 *
 * @param identity the secret key, {@code AGE-SECRET-KEY-1…}
 * @param recipient the public key, {@code age1…}
 */
public record AgeKeyPair(String identity, String recipient) {

    public static AgeKeyPair make() {
        try {
            KeyPair pair = new X25519KeyPairGenerator().generateKeyPair();
            return new AgeKeyPair(
                    new String(pair.getPrivate().getEncoded(), StandardCharsets.US_ASCII),
                    new String(pair.getPublic().getEncoded(), StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no X25519", e);
        }
    }

    /** Without the secret key. */
    @Override
    public String toString() {
        return "AgeKeyPair[" + recipient + "]";
    }
}
