package dev.offsite.age;

import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.spec.SecretKeySpec;

/** What one file is encrypted with. Kept with an upload that was cut, it makes the same bytes again; never use it for other content. */
public final class AgeKey {

    /** A recipient takes about 100 bytes of a header. */
    private static final int EACH = 160;

    private static final int FIXED = 256;

    private final AgeRecipients recipients;
    private final byte[] header;
    private final byte[] payload;

    /**
     * A key that was kept.
     *
     * @param recipients who can open the file
     * @param header of the file: who can open it, and the nonce of the payload
     * @param payload the key of its chunks, 32 bytes
     */
    public AgeKey(AgeRecipients recipients, byte[] header, byte[] payload) {
        this.recipients = recipients;
        this.header = header.clone();
        this.payload = payload.clone();
    }

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

    public AgeRecipients recipients() {
        return recipients;
    }

    public byte[] header() {
        return header.clone();
    }

    /** The key itself: keep it where only we can read it. */
    public byte[] payload() {
        return payload.clone();
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
