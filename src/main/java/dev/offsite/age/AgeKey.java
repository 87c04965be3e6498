package dev.offsite.age;

import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.spec.SecretKeySpec;

/**
 * What one file is encrypted with. Kept with an upload that was cut, it makes the same bytes again; never use it for other content.
 *
 * @param recipients who can open it
 * @param header of the file: who can open it, and the nonce of the payload
 * @param payload the key of its chunks, 32 bytes
 */
public record AgeKey(AgeRecipients recipients, byte[] header, byte[] payload) {

    /** A recipient takes about 100 bytes of a header. */
    private static final int EACH = 160;

    private static final int FIXED = 256;

    public static AgeKey make(AgeRecipients recipients) {
        try {
            ByteBuffer header =
                    ByteBuffer.allocate(FIXED + EACH * recipients.keys().size());
            byte[] payload = new StandardPayloadKeyWriter()
                    .writeFileHeader(header, recipients.writers())
                    .getEncoded();
            byte[] written = new byte[header.position()];
            header.flip().get(written);
            return new AgeKey(recipients, written, payload);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java has no X25519 or no ChaCha20-Poly1305", e);
        }
    }

    SecretKeySpec cipherKey() {
        return cipherKey(payload);
    }

    static SecretKeySpec cipherKey(byte[] payload) {
        return new SecretKeySpec(payload, "ChaCha20");
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "AgeKey[" + recipients + "]";
    }
}
