package dev.offsite.sftp.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.openssh.KnownHosts;
import dev.offsite.openssh.ServerName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedKeysTest {

    private static final String NAME = "backup.example";

    @TempDir
    private Path folder;

    @Test
    void aKeyIsTrustedIfItIsTheOneThatWasSent() throws IOException {
        TrustedKeys trusted = trusted("* " + line(1), true);
        assertThatThrownBy(() -> trusted.check(NAME, key(1)))
                .isInstanceOfSatisfying(
                        HostKeyRefusal.class, e -> assertThat(e.verdict().message("me@" + NAME, NAME, 22))
                                .isEqualTo("the host key of me@backup.example cannot be checked: it was not seen"));

        sent(trusted, key(1));

        assertThat(trusted.check(NAME, key(1))).isEqualTo(HostKeyRepository.OK);
        assertThatThrownBy(() -> trusted.check(NAME, key(2))).isInstanceOf(HostKeyRefusal.class);
    }

    /** An application that embeds Offsite may bring an older JSch. */
    @ParameterizedTest
    @ValueSource(strings = {"@cert-authority *", "@revoked *"})
    void whatAnOlderJschCannotCheckIsRefusedInWords(String names) throws IOException {
        String lines = names + " " + line(2) + NAME + " " + line(1);
        TrustedKeys older = trusted(lines, false);
        TrustedKeys newer = trusted(lines, true);
        sent(older, key(1));
        sent(newer, key(1));

        assertThat(newer.verdict(key(1)).isTrusted()).isTrue();
        HostKeyVerdict refused = older.verdict(key(1));
        assertThat(refused.isTrusted()).isFalse();
        assertThat(refused.message("me@" + NAME, NAME, 22))
                .contains("cannot be checked", NAME, "JSch " + JSch.VERSION + " knows no certificates")
                .doesNotContain("\n");
    }

    @Test
    void anOlderJschDoesWithoutMarkers() throws IOException {
        TrustedKeys older = trusted("@revoked other " + line(1) + NAME + " " + line(1), false);
        sent(older, key(1));

        assertThat(older.check(NAME, key(1))).isEqualTo(HostKeyRepository.OK);
    }

    private TrustedKeys trusted(String lines, boolean certificates) throws IOException {
        Path file = Files.writeString(folder.resolve("known_hosts"), lines);
        return new TrustedKeys(KnownHosts.read(List.of(file)), new ServerName(NAME, 22, null), certificates);
    }

    private static void sent(TrustedKeys trusted, byte[] key) throws IOException {
        byte[] hello = "SSH-2.0-Test\r\n".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer packet = ByteBuffer.allocate(hello.length + 10 + key.length).put(hello);
        packet.putInt(6 + key.length)
                .put((byte) 0)
                .put((byte) 31)
                .putInt(key.length)
                .put(key);
        trusted.tap().listen(new ByteArrayInputStream(packet.array())).readAllBytes();
    }

    private static byte[] key(int number) {
        byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer key = ByteBuffer.allocate(4 + type.length + 4 + 32);
        key.putInt(type.length).put(type).putInt(32).put((byte) number);
        return key.array();
    }

    private static String line(int number) {
        return "ssh-ed25519 " + Base64.getEncoder().encodeToString(key(number)) + "\n";
    }
}
