package dev.offsite.openssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.openssh.HostKeyVerdict.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real server is not needed for; {@code KnownHostsFormIT} compares with {@code ssh}. */
class KnownHostsTest {

    private static final ServerName SERVER = new ServerName("backup.example", 22, null);
    private static final ServerName ON_A_PORT = new ServerName("backup.example", 2222, null);
    private static final byte[] KEY = ed25519(1);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path folder;

    @Test
    void aKeyOfAnyTypeUnderTheNameWithThePortHidesTheNameWithout() throws IOException {
        for (byte[] other : List.of(rsa(2048), dsa(), sk())) {
            assertThat(check(ON_A_PORT, line("backup.example", KEY), line("[backup.example]:2222", other))
                            .kind())
                    .isEqualTo(Kind.CHANGED);
        }
        // OpenSSH takes it for no key.
        assertThat(check(ON_A_PORT, line("backup.example", KEY), line("[backup.example]:2222", rsa(1023)))
                        .kind())
                .isEqualTo(Kind.TRUSTED);
    }

    @Test
    void anotherKeyUnderTheNameWithoutThePortIsNoChange() throws IOException {
        assertThat(check(ON_A_PORT, line("backup.example", ed25519(2))).kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(check(SERVER, line("backup.example", ed25519(2))).kind()).isEqualTo(Kind.CHANGED);
    }

    /** The same numbers in another form. */
    @Test
    void aRevokedKeyIsFoundHoweverItIsWritten() throws IOException {
        BigInteger modulus = BigInteger.ONE.shiftLeft(2047).add(BigInteger.ONE);
        byte[] plain = Wire.strings(SshKey.bytes("ssh-rsa"), new byte[] {3}, modulus.toByteArray());
        byte[] padded =
                Wire.strings(SshKey.bytes("ssh-rsa"), new byte[] {0, 0, 3}, concat(new byte[2], modulus.toByteArray()));

        KnownHosts known = read(line("@revoked *", padded), line("backup.example", plain));

        assertThat(known.check(SERVER, plain, plain, NOW).kind()).isEqualTo(Kind.REVOKED);
    }

    @Test
    void severalFilesAreRead() throws IOException {
        Path first = Files.writeString(folder.resolve("first"), line("backup.example", KEY));
        Path second = Files.writeString(folder.resolve("second"), line("@revoked *", KEY));

        assertThat(check(List.of(first)).kind()).isEqualTo(Kind.TRUSTED);
        assertThat(check(List.of(folder.resolve("missing"), first)).kind()).isEqualTo(Kind.TRUSTED);
        assertThat(check(List.of(first, second)).kind()).isEqualTo(Kind.REVOKED);
        assertThat(check(List.of(folder.resolve("missing"))).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void aKeyThatTheServerDidNotProveToHaveIsRefused() throws IOException {
        KnownHosts known = read(line("*", KEY));

        assertThat(known.check(SERVER, KEY, ed25519(2), NOW).kind()).isEqualTo(Kind.UNUSABLE);
        assertThat(known.check(SERVER, KEY, KEY, NOW).kind()).isEqualTo(Kind.TRUSTED);
    }

    /** Never an exception, whatever a server sends. */
    @Test
    void bytesThatAreNoKeyAreRefused() throws IOException {
        KnownHosts known = read(line("*", KEY));
        byte[] certificate = Wire.strings(SshKey.bytes("ssh-ed25519-cert-v01@openssh.com"), new byte[32], new byte[32]);
        for (byte[] sent : List.of(KEY, rsa(2048), dsa(), sk(), certificate)) {
            for (int length = 0; length < sent.length; length++) {
                byte[] cut = Arrays.copyOf(sent, length);
                assertThat(known.check(SERVER, cut, cut, NOW).kind()).isEqualTo(Kind.UNUSABLE);
            }
            byte[] longer = Arrays.copyOf(sent, sent.length + 1);
            assertThat(known.check(SERVER, longer, longer, NOW).kind()).isEqualTo(Kind.UNUSABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"backup.example", "BACKUP.EXAMPLE", "*.example", "b?ckup.*", "x,backup.example"})
    void namesMatch(String names) throws IOException {
        assertThat(check(SERVER, line(names, KEY)).kind()).isEqualTo(Kind.TRUSTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backup.exampl?e",
                "backup.example.",
                "!backup.example,*",
                "[backup.example]:22",
                "|1|a|b",
                "",
                ","
            })
    void namesDoNotMatch(String names) throws IOException {
        assertThat(check(SERVER, line(names, KEY)).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void asksFirstForTheKeysThatAreKnown() throws IOException {
        List<String> all = List.of(
                "ssh-ed25519-cert-v01@openssh.com",
                "rsa-sha2-512-cert-v01@openssh.com",
                "ssh-ed25519",
                "ecdsa-sha2-nistp256",
                "rsa-sha2-512");

        assertThat(read(line("*", KEY)).order(SERVER, all)).isEqualTo(all);
        assertThat(read("").order(SERVER, all)).isEqualTo(all);
        assertThat(read(line("@revoked *", rsa(2048))).order(SERVER, all)).isEqualTo(all);
        assertThat(read(line("*", rsa(2048))).order(SERVER, all))
                .containsExactly(
                        "rsa-sha2-512-cert-v01@openssh.com",
                        "rsa-sha2-512",
                        "ssh-ed25519-cert-v01@openssh.com",
                        "ssh-ed25519",
                        "ecdsa-sha2-nistp256");
        assertThat(read(line("@cert-authority *", KEY)).order(SERVER, all)).isEqualTo(all);
        assertThat(read(line("@cert-authority *", KEY)).order(SERVER, List.of("ssh-ed25519", all.get(0))))
                .containsExactly(all.get(0), "ssh-ed25519");
        // OpenSSH looks for the name with the port only.
        assertThat(read(line("backup.example", rsa(2048))).order(ON_A_PORT, all))
                .isEqualTo(all);
    }

    @Test
    void aMessageIsOneLineWhateverTheFileIsCalled() throws IOException {
        Path file = Files.writeString(folder.resolve("known\nhosts"), line("*", ed25519(2)));

        assertThat(check(List.of(file)).message("me@backup.example:22", "backup.example", 22))
                .contains("has CHANGED", "known\\nhosts, line 1")
                .doesNotContain("\n");
    }

    private HostKeyVerdict check(ServerName server, String... lines) throws IOException {
        return read(lines).check(server, KEY, KEY, NOW);
    }

    private static HostKeyVerdict check(List<Path> files) throws IOException {
        return KnownHosts.read(files).check(SERVER, KEY, KEY, NOW);
    }

    private KnownHosts read(String... lines) throws IOException {
        return KnownHosts.read(List.of(Files.writeString(folder.resolve("known_hosts"), String.join("", lines))));
    }

    private static String line(String names, byte[] key) {
        String type = new Wire(key).text();
        return "%s %s %s%n".formatted(names, type, Base64.getEncoder().encodeToString(key));
    }

    private static byte[] ed25519(int number) {
        byte[] point = new byte[32];
        point[0] = (byte) number;
        return Wire.strings(SshKey.bytes("ssh-ed25519"), point);
    }

    private static byte[] sk() {
        return Wire.strings(SshKey.bytes("sk-ssh-ed25519@openssh.com"), new byte[32], SshKey.bytes("ssh:"));
    }

    private static byte[] rsa(int bits) {
        byte[] modulus = BigInteger.ONE.shiftLeft(bits - 1).add(BigInteger.ONE).toByteArray();
        return Wire.strings(SshKey.bytes("ssh-rsa"), new byte[] {1, 0, 1}, modulus);
    }

    private static byte[] dsa() {
        byte[] number = BigInteger.ONE.shiftLeft(1023).toByteArray();
        return Wire.strings(SshKey.bytes("ssh-dss"), number, new byte[] {5}, new byte[] {2}, number);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
