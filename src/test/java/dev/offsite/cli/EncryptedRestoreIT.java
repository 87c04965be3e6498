package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.age.AgeKeyPair;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted copies come back with the secret key, and what is said without it. */
@Timeout(120)
class EncryptedRestoreIT {

    private static final AgeKeyPair PAIR = AgeKeyPair.make();
    private static final AgeKeyPair OTHER = AgeKeyPair.make();

    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite offsite;
    private Path identity;
    private Path to;

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server).job("encrypt-to", PAIR.recipient());
        offsite.backup("a b.dump", "the dump");
        offsite.backup("in/the log", "the log");
        identity = key("identity", PAIR);
        to = folder.resolve("restored");
    }

    private Path key(String name, AgeKeyPair pair) throws IOException {
        Path file = Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, "# a comment\n" + pair.identity() + "\n");
    }

    private void ship() {
        Result shipped = offsite.run("ship");
        assertThat(shipped.exit()).as("%s", shipped).isZero();
    }

    private Result restore(String... more) {
        List<String> words = new ArrayList<>(List.of("restore", "db", "--to", to.toString()));
        words.addAll(List.of(more));
        return offsite.run(words.toArray(String[]::new));
    }

    private void assertRestored() throws IOException {
        assertThat(TestSite.filesIn(to)).containsExactlyInAnyOrder("a b.dump", "in/the log");
        assertThat(to.resolve("a b.dump")).hasContent("the dump");
        assertThat(to.resolve("in/the log")).hasContent("the log");
        assertThat(Files.getLastModifiedTime(to.resolve("a b.dump")).toMillis())
                .isEqualTo(Files.getLastModifiedTime(offsite.source().resolve("a b.dump"))
                        .toMillis());
    }

    @Test
    void comeBackWithTheKeyFromAFileFromACommandAndFromStandardInput() throws IOException {
        ship();
        assertThat(restore("--identity", identity.toString()).exit()).isZero();
        assertRestored();
        assertThat(restore("--identity", identity.toString()).out()).contains("2 already there");

        to = folder.resolve("by command");
        assertThat(restore("--identity-command", "cat '%s'".formatted(identity)).exit())
                .isZero();
        assertRestored();

        to = folder.resolve("typed");
        InputStream in = System.in;
        System.setIn(new ByteArrayInputStream(PAIR.identity().getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(restore("--identity", "-").exit()).isZero();
        } finally {
            System.setIn(in);
        }
        assertRestored();
    }

    @Test
    void hiddenNamesComeBack() throws IOException {
        offsite.job("encrypt-names", "true");
        ship();
        assertThat(TestSite.filesIn(offsite.dated())).noneMatch(name -> name.contains("dump"));
        assertThat(offsite.run("list", "db", "latest").out())
                .contains("encrypted, and the real names are hidden; --identity FILE shows them")
                .doesNotContain("a b.dump");
        assertThat(restore("latest", "in/*", "--identity", identity.toString()).exit())
                .isZero();
        assertThat(TestSite.filesIn(to)).containsExactly("in/the log");
        assertThat(restore("--identity", identity.toString()).exit()).isZero();
        assertRestored();
    }

    @Test
    void withoutAKeyNothingIsRestoredUnlessAsItIs() throws IOException {
        ship();
        Result refused = restore();
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.complaints())
                .containsExactly(
                        "offsite: db: the copies in %s are encrypted: --identity FILE decrypts them; --encrypted restores them as they are, for age -d"
                                .formatted("/srv/off site/" + offsite.dated().getFileName()));
        assertThat(to).doesNotExist();

        assertThat(restore("--encrypted").exit()).isZero();
        assertThat(TestSite.filesIn(to))
                .contains("a b.dump.age", "in/the log.age")
                .anyMatch(ManifestPart::isPart);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/age")));
        assertThat(TestSite.tool(to, "age", "-d", "-i", identity.toString(), "a b.dump.age")
                        .out())
                .isEqualTo("the dump");
    }

    @Test
    void theKeyItselfIsRefusedAndNotRepeated() {
        for (String option : List.of("--identity", "--identity-command")) {
            Result refused = restore(option, PAIR.identity());
            assertThat(refused.exit()).isEqualTo(2);
            assertThat(refused.err()).contains("never give the key itself").doesNotContain(PAIR.identity());
        }
    }

    @Test
    void aKeyForOthersOpensNothingAndSaysSo() throws IOException {
        ship();
        String other = key("other", OTHER).toString();
        Result refused = restore("--identity", other);
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err().lines()).hasSize(1).first().asString().contains("encrypted for another key");
        assertThat(to).doesNotExist();
        assertThat(offsite.run("list", "db", "latest", "--identity", other).out())
                .contains(".age is encrypted for others than these identities", "2 undescribed");
        // Of several, one is enough.
        assertThat(restore("--identity", other, "--identity", identity.toString())
                        .exit())
                .isZero();
    }

    @Test
    void listSaysWhatIsInsideAndForWhom() {
        ship();
        Result without = offsite.run("list", "db", "latest");
        assertThat(without.out())
                .contains("a b.dump.age", "encrypted; --identity FILE shows what is inside", PAIR.recipient())
                .doesNotContain("SHA256SUMS");
        Result with = offsite.run("list", "db", "latest", "--identity", identity.toString());
        assertThat(with.out())
                .contains(" 8 B", "a b.dump\n", "in/the log\n", "can be opened by " + PAIR.recipient())
                .doesNotContain(".age");
        assertThat(offsite.run("list", "db", "--identity", identity.toString()).out())
                .containsPattern("2 +15 B +hash +complete");
        assertThat(offsite.run("list", "db").out()).containsPattern("\\n\\d{8} +2 ");
    }

    @Test
    void aDrillDecryptsWithTheKeyAndSaysWhatItDidWithout() {
        ship();
        offsite.job("drill-command", "test \"$(cat './a b.dump')\" = 'the dump'");
        assertThat(offsite.run("drill", "--identity", identity.toString()).out())
                .contains("drill passed: 2 files");
        offsite.job("drill-command", "test -s './a b.dump.age'");
        Result without = offsite.run("drill");
        assertThat(without.exit()).as("%s", without).isZero();
        assertThat(without.out())
                .contains("drill passed: 2 files", "were compared with their hashes only; --identity FILE");
    }

    @Test
    void differencesAreThoseOfTheContentsAsFarAsTheyAreKnown() throws IOException {
        ship();
        Path today = offsite.dated();
        Path before = today.resolveSibling("20200102");
        Files.createDirectory(before);
        Files.createFile(before.resolve("SHA256SUMS"));
        Result known = offsite.run("diff", "db", "20200102", "latest");
        assertThat(known.out()).contains("+  a b.dump (8 B)", "2 files added");
        delete(offsite.state().resolve("contents"));
        Result unknown = offsite.run("diff", "db", "20200102", "latest");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err()).contains("2 encrypted copies cannot be compared");
        String other = key("other", OTHER).toString();
        assertThat(offsite.run("diff", "db", "20200102", "latest", "--identity", other)
                        .err())
                .contains("encrypted for another key");
        assertThat(offsite.run("diff", "db", "20200102", "latest", "--identity", identity.toString())
                        .out())
                .contains("+  a b.dump (8 B)");
    }

    @Test
    void afterALossOfTheStateWhatIsThereIsRecognisedWithTheKey() throws IOException {
        ship();
        String listed = Files.readString(offsite.dated().resolve("SHA256SUMS"));
        delete(offsite.state());
        Result adopted = offsite.run("adopt", "db", "--identity", identity.toString());
        assertThat(adopted.exit()).as("%s", adopted).isZero();
        assertThat(adopted.out()).contains("2 files in 1 dated folders can be recognised again");
        assertThat(offsite.run("adopt", "db", "--identity", identity.toString()).out())
                .contains("0 files");
        Result shipped = offsite.run("ship");
        assertThat(shipped.exit()).as("%s", shipped).isZero();
        assertThat(offsite.dated().resolve("SHA256SUMS")).hasContent(listed);
    }

    private static void delete(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
