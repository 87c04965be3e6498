package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class CheckFileTest {
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final byte[] BYTES = HexFormat.of().parseHex(HASH);

    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(reply);

    private CheckFileTest text(String text) throws IOException {
        return text(text.getBytes(StandardCharsets.US_ASCII));
    }

    private CheckFileTest text(byte[] text) throws IOException {
        out.writeInt(text.length);
        out.write(text);
        return this;
    }

    private CheckFileTest bytes(byte[] bytes) throws IOException {
        out.write(bytes);
        return this;
    }

    /** As ProFTPD and MySecureShell answer. */
    @Test
    void theAlgorithmAndTheHash() throws IOException {
        text("sha256").bytes(BYTES);

        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).contains(HASH);
    }

    /** As the draft has it. */
    @Test
    void withTheWordInFront() throws IOException {
        text("check-file").text("SHA-256").bytes(BYTES);

        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).contains(HASH);
    }

    /** As MINA answers. */
    @Test
    void withTheLengthOfTheHash() throws IOException {
        text("check-file").text("sha256").text(BYTES);

        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).contains(HASH);
    }

    @Test
    void severalBlocksAreNotTheWholeFile() throws IOException {
        text("sha256").bytes(BYTES).bytes(BYTES);

        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).isEmpty();
    }

    @Test
    void anotherAlgorithmIsNotTaken() throws IOException {
        text("sha512").bytes(BYTES).bytes(BYTES);

        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).isEmpty();
        reply.reset();
        text("md5").bytes(BYTES);
        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).isEmpty();
    }

    @Test
    void anythingElseIsNoHash() throws IOException {
        assertThat(CheckFile.parse(ByteBuffer.allocate(0))).isEmpty();
        out.writeInt(Integer.MAX_VALUE);
        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).isEmpty();
        reply.reset();
        out.writeInt(-1);
        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).isEmpty();
        reply.reset();
        text("sha256").bytes(new byte[31]);
        assertThat(CheckFile.parse(ByteBuffer.wrap(reply.toByteArray()))).isEmpty();
    }
}
