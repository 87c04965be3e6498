package dev.offsite.age;

import static dev.offsite.age.AgeFiles.content;
import static dev.offsite.age.AgeFiles.decrypted;
import static dev.offsite.age.AgeFiles.encrypted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgeIdentitiesTest {

    private static final AgeKeyPair PAIR = AgeKeyPair.make();
    private static final AgeKeyPair OTHER = AgeKeyPair.make();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000})
    void opensWhatWasEncryptedForIt(int size) throws IOException {
        byte[] encrypted = encrypted(content(size), OTHER, PAIR);
        assertThat(decrypted(AgeIdentities.parse(PAIR.identity()), encrypted)).isEqualTo(content(size));
        assertThat(decrypted(AgeIdentities.parse(OTHER.identity()), encrypted)).isEqualTo(content(size));
    }

    @Test
    void triesEachIdentity() throws IOException {
        AgeIdentities both = AgeIdentities.parse(OTHER.identity() + "\n" + PAIR.identity() + "\n");
        assertThat(decrypted(both, encrypted(content(9), PAIR))).isEqualTo(content(9));
        assertThat(both.recipients()).containsExactly(OTHER.recipient(), PAIR.recipient());
    }

    @Test
    void saysThatAFileIsForOthers() throws IOException {
        byte[] encrypted = encrypted(content(9), OTHER);
        assertThatThrownBy(() -> decrypted(AgeIdentities.parse(PAIR.identity()), encrypted))
                .isInstanceOfSatisfying(
                        AgeException.class, e -> assertThat(e.isNotOurs()).isTrue())
                .hasMessage("none of the identities opens it");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "\"\" | it is not encrypted with age: it is empty",
                "plain | it is not encrypted with age: it does not begin like that",
                "-----BEGIN AGE ENCRYPTED FILE----- | it is not encrypted with age: it is armored text; age -d reads that",
                "age-enc | it is damaged or was changed",
                "\"age-encryption.org/v1\n\" | it is damaged or was changed",
                "\"age-encryption.org/v1\n--- \n\" | it is damaged or was changed",
                "\"age-encryption.org/v1\n-> X25519\n--- x\n0123456789abcdef\" | it is damaged or was changed",
            })
    void saysWhatIsNoEncryptedFile(String text, String problem) {
        AgeIdentities identities = AgeIdentities.parse(PAIR.identity());
        assertThatThrownBy(() -> decrypted(identities, text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        AgeException.class, e -> assertThat(e.isNotOurs()).isFalse())
                .hasMessage(problem);
    }

    @Test
    void aHeaderWithoutAnEndTakesLittleMemory() {
        InputStream endless = new InputStream() {
            private final InputStream first =
                    new ByteArrayInputStream("age-encryption.org/v1\n".getBytes(StandardCharsets.UTF_8));

            @Override
            public int read() throws IOException {
                int b = first.read();
                return b < 0 ? 'x' : b;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int some = first.read(to, offset, length);
                Arrays.fill(to, offset + Math.max(0, some), offset + length, (byte) 'x');
                return length;
            }
        };
        assertThatThrownBy(() -> AgeIdentities.parse(PAIR.identity()).open(endless))
                .hasMessage("it is damaged or was changed");
    }

    @Test
    void readsTheFileOfAgeKeygen(@TempDir Path folder) throws IOException {
        Path file = write(
                folder,
                "# created: 2026-05-28T02:00:00Z\n# public key: %s\n%s\n".formatted(PAIR.recipient(), PAIR.identity()));
        assertThat(AgeIdentities.read(file).recipients()).containsExactly(PAIR.recipient());
    }

    @Test
    void readsWhatWasTypedFromPaper() {
        String typed = PAIR.identity().replaceAll("(.{4})", "$1 ").toLowerCase(Locale.ROOT);
        assertThat(AgeIdentities.parse(typed).recipients()).containsExactly(PAIR.recipient());
    }

    @Test
    void readsAFileWithAByteOrderMark(@TempDir Path folder) throws IOException {
        Path file = write(folder, "\uFEFF# made by hand\r\n" + PAIR.identity() + "\r\n");
        assertThat(AgeIdentities.read(file).recipients()).containsExactly(PAIR.recipient());
        Files.write(file, ("\uFEFF" + PAIR.identity()).getBytes(StandardCharsets.UTF_16LE));
        assertThat(AgeIdentities.read(file).recipients()).containsExactly(PAIR.recipient());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "# nothing | there is no secret key in it; they begin with AGE-SECRET-KEY-1",
                "hello | line 1: it is no secret key of age; they begin with AGE-SECRET-KEY-1",
                "AGE-SECRET-KEY-1QQQ | line 1: this secret key is not whole, or has a typing error",
                "age1qqq | line 1: it is a public key, which opens nothing: name the secret one, AGE-SECRET-KEY-1…",
                "age-encryption.org/v1 | line 1: it is encrypted with a passphrase: decrypt it with age -d first",
                "-----BEGIN AGE ENCRYPTED FILE----- | line 1: it is encrypted with a passphrase: decrypt it with age -d first",
                "-----BEGIN OPENSSH PRIVATE KEY----- | line 1: it is a key of another kind: name one that begins with AGE-SECRET-KEY-1",
                "AGE-PLUGIN-YUBIKEY-1Q | line 1: it needs a plugin of age: decrypt with age -d -i",
            })
    void saysWhatIsNoKey(String text, String problem) {
        assertThatThrownBy(() -> AgeIdentities.parse(text)).hasMessage(problem).hasNoCause();
    }

    @Test
    void neverShowsAKey() {
        String cut = PAIR.identity().substring(0, 60);
        assertThatThrownBy(() -> AgeIdentities.parse("\n" + cut))
                .hasMessage("line 2: this secret key is not whole, or has a typing error")
                .hasNoCause();
        assertThat(AgeIdentities.parse(PAIR.identity()) + " " + PAIR)
                .contains(PAIR.recipient())
                .doesNotContain("SECRET");
    }

    @Test
    void refusesAFileThatOthersCanRead(@TempDir Path folder) throws IOException {
        Path file = write(folder, PAIR.identity());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> AgeIdentities.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage("the file %s can be read by others; chmod 600 it".formatted(file));
    }

    @Test
    void namesTheFileThatItCannotRead(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> AgeIdentities.read(missing))
                .hasMessage("there is no file %s with secret keys".formatted(missing));
        Path empty = write(folder, "");
        assertThatThrownBy(() -> AgeIdentities.read(empty))
                .hasMessage(
                        "the file %s: there is no secret key in it; they begin with AGE-SECRET-KEY-1".formatted(empty));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> AgeIdentities.read(folder))
                .hasMessage("the file %s cannot be read: Is a directory".formatted(folder));
    }

    private static Path write(Path folder, String text) throws IOException {
        return Files.setPosixFilePermissions(
                Files.writeString(folder.resolve("key.txt"), text), PosixFilePermissions.fromString("rw-------"));
    }
}
