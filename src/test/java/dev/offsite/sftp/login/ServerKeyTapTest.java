package dev.offsite.sftp.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerKeyTapTest {

    private static final String HELLO = "A line before\r\nSSH-2.0-Test\r\n";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ServerKeyTap tap = new ServerKeyTap();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void seesTheKeyHoweverTheBytesArrive(int atOnce) throws IOException {
        text(HELLO);
        packet(20, "proposal");
        packet(31, "the key");
        packet(21, "");
        packet(31, "encrypted");

        read(atOnce);

        assertThat(tap.key()).hasValue("the key".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void seesTheKeyAfterAGroupWasNegotiated() throws IOException {
        text(HELLO);
        packet(31, "a group");
        packet(33, "the key");

        read(10);

        assertThat(tap.key()).hasValue("the key".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void seesNoneWhereThereIsNone() throws IOException {
        text(HELLO);
        packet(20, "proposal");
        packet(21, "");
        packet(31, "encrypted");

        read(100);

        assertThat(tap.key()).isEmpty();
    }

    @Test
    void endsAtWhatIsNoPacket() throws IOException {
        text(HELLO);
        new DataOutputStream(bytes).writeInt(-1);
        packet(31, "the key");

        read(100);

        assertThat(tap.key()).isEmpty();
    }

    @Test
    void aKeyThatIsLongerThanItsPacketIsNone() throws IOException {
        text(HELLO);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(7);
        out.writeByte(0);
        out.writeByte(31);
        out.writeInt(1000);
        out.writeByte(0);

        read(100);

        assertThat(tap.key()).isEmpty();
    }

    @Test
    void keepsNoEndlessGreeting() throws IOException {
        text("a".repeat(300_000) + "\n" + HELLO);
        packet(31, "the key");

        read(5000);

        assertThat(tap.key()).isEmpty();
    }

    private void text(String text) throws IOException {
        bytes.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void packet(int message, String first) throws IOException {
        byte[] string = first.getBytes(StandardCharsets.UTF_8);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(2 + 4 + string.length + 5);
        out.writeByte(5);
        out.writeByte(message);
        out.writeInt(string.length);
        out.write(string);
        out.write(new byte[5]);
    }

    private void read(int atOnce) throws IOException {
        byte[] sent = bytes.toByteArray();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        InputStream in = tap.listen(new ByteArrayInputStream(sent));
        if (atOnce == 1) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                got.write(b);
            }
        } else {
            byte[] buffer = new byte[atOnce];
            for (int read = in.read(buffer, 0, atOnce); read >= 0; read = in.read(buffer, 0, atOnce)) {
                got.write(buffer, 0, read);
            }
        }
        assertThat(got.toByteArray()).isEqualTo(sent);
    }
}
