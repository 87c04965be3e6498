package dev.offsite.age;

import static dev.offsite.age.AgeFiles.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the program {@code age}: it reads all that we write, and we all that it writes. */
class AgeProgramIT {

    private static final int KEYS = 3;

    @TempDir
    Path folder;

    /** Identity files that age-keygen wrote, and their recipients. */
    private final List<Path> files = new ArrayList<>();

    private final List<String> recipients = new ArrayList<>();

    @BeforeAll
    static void ageIsInstalled() {
        assumeTrue(Files.exists(Path.of("/usr/bin/age")), "no age here: apt-get install age");
    }

    @BeforeEach
    void makeKeys() throws IOException {
        for (int i = 0; i < KEYS; i++) {
            Path file = folder.resolve("key" + i);
            run("age-keygen", "-o", file.toString());
            files.add(file);
            recipients.add(run("age-keygen", "-y", file.toString()).strip());
        }
    }

    private String run(String... command) throws IOException {
        Result result = TestSite.tool(folder, command);
        assertThat(result.exit()).as("%s", result).isZero();
        return result.out();
    }

    private Path encryptedByAge(byte[] content, int keys) throws IOException {
        Path plain = Files.write(folder.resolve("plain"), content);
        Path encrypted = folder.resolve("by-age.age");
        List<String> command = new ArrayList<>(List.of("age", "-o", encrypted.toString()));
        recipients.subList(0, keys).forEach(key -> command.addAll(List.of("-r", key)));
        command.add(plain.toString());
        run(command.toArray(String[]::new));
        return encrypted;
    }

    @Test
    void readsTheKeysOfAgeKeygen() throws IOException {
        for (int i = 0; i < KEYS; i++) {
            assertThat(AgeIdentities.read(files.get(i)).recipients()).containsExactly(recipients.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 262_144, 262_145, 2_000_000})
    void ageReadsWhatIsWrittenHere(int size) throws IOException {
        for (int keys = 1; keys <= KEYS; keys++) {
            AgeKey key = AgeKey.make(new AgeRecipients(recipients.subList(0, keys)));
            Path encrypted = Files.write(folder.resolve("ours.age"), AgeFiles.encrypted(content(size), key));
            for (Path identity : files.subList(0, keys)) {
                Path decrypted = folder.resolve("decrypted");
                // Not with -o, which makes no file if it is empty.
                run(
                        "sh",
                        "-c",
                        "age -d -i \"$0\" \"$1\" >\"$2\"",
                        identity.toString(),
                        encrypted.toString(),
                        decrypted.toString());
                assertThat(decrypted).hasBinaryContent(content(size));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 262_144, 262_145, 2_000_000})
    void whatAgeWroteIsReadHere(int size) throws IOException {
        for (int keys = 1; keys <= KEYS; keys++) {
            Path encrypted = encryptedByAge(content(size), keys);
            assertThat(Files.size(encrypted)).isEqualTo(new AgeRecipients(recipients.subList(0, keys)).size(size));
            for (Path identity : files.subList(0, keys)) {
                try (InputStream in = AgeIdentities.read(identity).open(Files.newInputStream(encrypted))) {
                    assertThat(in.readAllBytes()).isEqualTo(content(size));
                }
            }
        }
    }

    /** The stanzas of other kinds stand first, between and after, with bodies of all lengths, as age's own with ssh keys. */
    @Test
    void recipientsOfOtherKindsAreLeftAlone() throws IOException {
        run(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                folder.resolve("ed").toString());
        run(
                "ssh-keygen",
                "-q",
                "-t",
                "rsa",
                "-b",
                "2048",
                "-N",
                "",
                "-f",
                folder.resolve("rsa").toString());
        Path plain = Files.write(folder.resolve("plain"), content(100_000));
        Path encrypted = folder.resolve("mixed.age");
        run(
                "age",
                "-R",
                folder.resolve("rsa.pub").toString(),
                "-r",
                recipients.get(0),
                "-R",
                folder.resolve("ed.pub").toString(),
                "-r",
                recipients.get(1),
                "-o",
                encrypted.toString(),
                plain.toString());
        assertThat(Files.readString(encrypted, StandardCharsets.ISO_8859_1)).contains("-> ssh-rsa", "-> ssh-ed25519");
        for (Path identity : files.subList(0, 2)) {
            try (InputStream in = AgeIdentities.read(identity).open(Files.newInputStream(encrypted))) {
                assertThat(in.readAllBytes()).isEqualTo(content(100_000));
            }
        }
    }

    /** What age refuses is refused here, and the other way round: every byte of a header, changed. */
    @Test
    void aChangedHeaderIsRefusedByBoth() throws IOException {
        byte[] encrypted = Files.readAllBytes(encryptedByAge(content(10), 1));
        int header = encrypted.length - 10 - 16;
        AgeIdentities identities = AgeIdentities.read(files.get(0));
        ByteArrayOutputStream accepted = new ByteArrayOutputStream();
        for (int i = 0; i < header; i++) {
            byte[] changed = encrypted.clone();
            changed[i] ^= 1;
            Path file = Files.write(folder.resolve("changed.age"), changed);
            if (i % 20 == 0) {
                Result age =
                        TestSite.tool(folder, "age", "-d", "-i", files.get(0).toString(), file.toString());
                assertThat(age.exit()).as("byte %d: %s", i, age).isNotZero();
            }
            try (InputStream in = identities.open(Files.newInputStream(file))) {
                in.transferTo(accepted);
                accepted.write(i);
            } catch (AgeException e) {
                assertThat(e).hasNoCause();
            }
        }
        assertThat(accepted.toByteArray()).as("%s", Arrays.toString(encrypted)).isEmpty();
    }
}
