package dev.offsite.sftp.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name on a server is any bytes, and means the same file when it is sent back. */
class SftpPacketTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "größe 完", "\uFFFD", "\uD83D\uDE00", "a\uFFFDb\uD83D\uDE00"})
    void aNameInUtf8IsItself(String name) {
        assertThat(SftpPacket.decode(name.getBytes(StandardCharsets.UTF_8))).isEqualTo(name);
        assertThat(SftpPacket.encode(name)).isEqualTo(name.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anyOtherNameComesBackAsItWas() {
        Random random = new Random(18);
        for (int i = 0; i < 20_000; i++) {
            byte[] name = new byte[random.nextInt(12)];
            random.nextBytes(name);

            assertThat(SftpPacket.encode(SftpPacket.decode(name))).isEqualTo(name);
        }
    }

    /** Else a server could hide it from the checks of names. */
    @Test
    void noSlashAndNoDotComesOfBytesThatAreNone() {
        byte[] overlong = {(byte) 0xc0, (byte) 0xaf, (byte) 0xc0, (byte) 0xae};

        assertThat(SftpPacket.decode(overlong)).doesNotContain("/", ".").hasSize(4);
    }
}
