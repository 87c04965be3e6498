package dev.offsite.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.support.HostileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class ManifestTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    @Test
    void theRealSha256sumChecksAManifestOfHostileNames(@TempDir Path folder) throws Exception {
        HostileNames.create(folder);
        Files.writeString(folder.resolve(Manifest.NAME), hostile().format());

        String report = HostileNames.run(folder, "", "sha256sum", "-c", "--strict", Manifest.NAME);

        // Not lines(): the report escapes a newline in a name, but not a carriage return.
        assertThat(report.split("\n")).hasSize(HostileNames.ALL.size()).allMatch(line -> line.endsWith(": OK"));
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void theRealSha256sumFailsForACopyThatChanged(@TempDir Path folder) throws Exception {
        HostileNames.create(folder);
        Files.writeString(folder.resolve(Manifest.NAME), hostile().format());
        Files.writeString(folder.resolve("plain.dump"), "changed");

        assertThatThrownBy(() -> HostileNames.run(folder, "", "sha256sum", "-c", "--strict", Manifest.NAME))
                .hasMessageContaining("plain.dump: FAILED");
    }

    @Test
    void readsWhatTheRealSha256sumWrites(@TempDir Path folder) throws Exception {
        HostileNames.create(folder);
        String find = "find . -type f -printf '%P\\0' | xargs -0 sha256sum";

        String text = HostileNames.run(folder, "", "sh", "-c", find + " --text --");
        String binary = HostileNames.run(folder, "", "sh", "-c", find + " --binary --");

        // To sha256sum a file called - can only be ./-, so that the plain name hashed the empty standard input.
        Manifest expected = hostile().with(Map.of("-", sha256("")));
        assertThat(Manifest.parse(text)).isEqualTo(expected);
        assertThat(Manifest.parse(binary)).isEqualTo(expected);
    }

    @Test
    void hostileNamesSurviveFormatAndParse() {
        assertThat(Manifest.parse(hostile().format())).isEqualTo(hostile());
    }

    @Test
    void formatIsSortedAndTheSameForTheSameCopies() {
        Manifest manifest = Manifest.EMPTY.with(Map.of("b", B)).with(Map.of("a", A));

        assertThat(manifest.format()).isEqualTo(A + "  a\n" + B + "  b\n");
        assertThat(manifest.names()).containsExactly("a", "b");
    }

    @Test
    void anEmptyManifestIsAnEmptyText() {
        assertThat(Manifest.EMPTY.format()).isEmpty();
        assertThat(Manifest.parse("")).isEqualTo(Manifest.EMPTY);
    }

    @Test
    void acceptsBinaryModeAndALastLineWithoutNewline() {
        assertThat(Manifest.parse(A + " *a\n" + B + "  b").entries())
                .containsExactly(Map.entry("a", A), Map.entry("b", B));
    }

    @Test
    void aBackslashInALineThatIsNotEscapedIsAPlainBackslash() {
        assertThat(Manifest.parse(A + "  a\\n\n").names()).containsExactly("a\\n");
    }

    @Test
    void changesLeaveTheOriginalAsItWas() {
        Manifest manifest = new Manifest(Map.of("a", A, "b", B));

        Manifest changed = manifest.with(Map.of("a", B)).without(List.of("b", "unknown"));

        assertThat(changed.entries()).containsExactly(Map.entry("a", B));
        assertThat(changed.hash("a")).contains(B);
        assertThat(changed.hash("b")).isEmpty();
        assertThat(manifest.size()).isEqualTo(2);
        assertThat(manifest.hash("a")).contains(A);
    }

    @Test
    void changesAreThoseOfASortedMap() {
        Random random = new Random(1);
        Map<String, String> expected = new TreeMap<>();
        Manifest manifest = Manifest.EMPTY;
        for (int i = 0; i < 300; i++) {
            Map<String, String> more = new TreeMap<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                more.put("n" + random.nextInt(60), random.nextBoolean() ? A : B);
            }
            Set<String> gone = Set.of("n" + random.nextInt(60), "unknown");
            manifest = manifest.with(more).without(gone);
            expected.putAll(more);
            expected.keySet().removeAll(gone);

            assertThat(manifest).isEqualTo(new Manifest(expected)).hasSameHashCodeAs(new Manifest(expected));
            assertThat(manifest.entries()).containsExactlyElementsOf(expected.entrySet());
            assertThat(manifest.names()).isEqualTo(expected.keySet());
            assertThat(manifest.has(expected)).isTrue();
        }
        assertThat(manifest.with(Map.of("n1", A))).isNotEqualTo(manifest.with(Map.of("n1", B)));
        assertThat(manifest.has(Map.of("unknown", A))).isFalse();
    }

    @Test
    void aNameThatIsListedTakesNoMemoryAgain() {
        Manifest manifest = new Manifest(Map.of("a", A, "b", B));
        String copy = new String("b");

        assertThat(manifest.shared(copy)).isEqualTo("b").isNotSameAs(copy);
        assertThat(manifest.shared("c")).isEqualTo("c");
    }

    @Test
    void entriesCannotBeChangedFromOutside() {
        Map<String, String> source = new TreeMap<>(Map.of("a", A));
        Manifest manifest = new Manifest(source);

        source.clear();

        assertThat(manifest.size()).isEqualTo(1);
        assertThatThrownBy(() -> manifest.names().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../x", "a/../../x", "..", ".", "./x", "a//b", "a/", "a/.", "nul\0", "../-"})
    void refusesNamesThatCouldLeadOutOfTheFolder(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.parse(B + "  fine\n" + A + "  " + name + "\n"))
                .withMessageStartingWith("SHA256SUMS line 2: a")
                .withMessageNotContaining(name + "\n");
        assertThatIllegalArgumentException().isThrownBy(() -> Manifest.EMPTY.with(Map.of(name, A)));
    }

    @Test
    void refusesAnEmptyNameAndAHashThatIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> Manifest.EMPTY.with(Map.of("", A)));
        assertThatIllegalArgumentException().isThrownBy(() -> Manifest.EMPTY.with(Map.of("a", "A".repeat(64))));
        assertThatIllegalArgumentException().isThrownBy(() -> Manifest.EMPTY.with(Map.of("a", "abc")));
    }

    @Test
    void refusesAnEscapedNameThatLeadsOutOfTheFolder() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.parse("\\" + A + "  ../\\\\x\n"))
                .withMessageContaining("line 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  ",
                "  # comment",
                "garbage",
                "HASH",
                "HASH ",
                "HASH  ",
                "HASH a",
                "HASHa  a",
                "sha256 (a) = HASH",
                "SHA256 (a) = HASH ",
                "SHA512 (a) = HASH"
            })
    void refusesALineThatIsNoSum(String line) {
        String text = B + "  b\n" + line.replace("HASH", A) + "\n";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.parse(text))
                .withMessage("SHA256SUMS line 2: not a line of sha256sum");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\x", "a\\", "a\\t"})
    void refusesAnUnknownEscape(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.parse("\\" + A + "  " + name + "\n"))
                .withMessageContaining("line 1: not a line of sha256sum");
    }

    /** GNU takes these lines without a warning. */
    @Test
    void readsWhatOtherProgramsAndPeopleWrite(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("a\\b"), "");
        Files.writeString(folder.resolve("#c"), "");
        Files.writeString(folder.resolve("d (e) = f"), "");
        String hash = sha256("");
        String capital = hash.toUpperCase(Locale.ROOT);
        String text = "# by hand\n\n%s  a\\b\n\t%s *#c\n#\n \\SHA256 (a\\\\b) = %s\nSHA256 (d (e) = f) = %s\n#%s  gone"
                .formatted(capital, capital, hash, capital, hash);
        Files.writeString(folder.resolve(Manifest.NAME), text);

        String report = HostileNames.run(folder, "", "sha256sum", "-c", "--strict", Manifest.NAME);

        assertThat(report.lines()).hasSize(4).allMatch(line -> line.endsWith(": OK"));
        assertThat(Manifest.parse(text).entries())
                .containsExactly(Map.entry("#c", hash), Map.entry("a\\b", hash), Map.entry("d (e) = f", hash));
    }

    /** Of these tools only GNU's knows {@code \r}, and BusyBox and toybox know no escapes at all. */
    @Test
    void escapesOnlyANewlineAndACarriageReturnAtTheEnd() {
        Map<String, String> escaped = new TreeMap<>();
        HostileNames.ALL.forEach(name -> {
            String line = Sha256sumFormat.writeLine(A, name);
            if (line.startsWith("\\")) {
                escaped.put(name, line.substring(67));
            }
        });

        assertThat(escaped)
                .isEqualTo(Map.of(
                        "new\nline", "new\\nline\n",
                        "ends in newline\n", "ends in newline\\n\n",
                        "crlf\r\n", "crlf\r\\n\n",
                        "ends in carriage return\r", "ends in carriage return\\r\n"));
        assertThat(Sha256sumFormat.writeLine(A, "back\\slash")).isEqualTo(A + "  back\\slash\n");
        assertThat(Sha256sumFormat.writeLine(A, "\\n\n")).isEqualTo("\\" + A + "  \\\\n\\n\n");
    }

    @Test
    void readsTheEscapesThatAnEarlierVersionWrote() {
        StringBuilder old = new StringBuilder();
        hostile()
                .entries()
                .forEach(entry -> old.append(Sha256sumFormat.writeEscapedLine(entry.getValue(), entry.getKey())));

        assertThat(old).contains("back\\\\slash", "carriage\\rreturn");
        assertThat(Manifest.parse(old.toString())).isEqualTo(hostile());
    }

    /** A server may send any amount. */
    @Test
    void stopsAtALineWithoutEndAndAtItsLimit() throws IOException {
        ManifestReader zeros = new ManifestReader(Long.MAX_VALUE, Manifest.EMPTY);
        for (int i = 0; i < 1000 && !zeros.hasEnough(); i++) {
            zeros.write(new byte[1000], 0, 1000);
        }
        ManifestReader lines = new ManifestReader(100_000, Manifest.EMPTY);
        int written = 0;
        while (!lines.hasEnough()) {
            lines.write("%s  %d%n".formatted(A, written++).getBytes(UTF_8));
        }

        assertThatIllegalArgumentException()
                .isThrownBy(zeros::manifest)
                .withMessage("SHA256SUMS line 1: not a line of sha256sum");
        assertThat(written).isBetween(400, 600);
        assertThatIllegalArgumentException()
                .isThrownBy(lines::manifest)
                .withMessageStartingWith("SHA256SUMS is too large: from line " + written);
        assertThat(lines.safe()).isEmpty();
    }

    @Test
    void refusesWindowsLineEnds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.parse(A + "  a\r\n"))
                .withMessageContaining("line 1: ends in a carriage return");
    }

    @Test
    void refusesANameWithTwoHashesButNotTheSameLineTwice() {
        assertThat(Manifest.parse((A + "  a\n").repeat(2)).size()).isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.parse(A + "  a\n" + B + "  a\n"))
                .withMessageContaining("line 2: a name that is already there with a different hash");
    }

    @Test
    void aHundredThousandEntriesStayCheap() {
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < 100_000; i++) {
            entries.put("folder/" + i, A);
        }

        long start = System.nanoTime();
        Manifest manifest = Manifest.parse(new Manifest(entries).format()).with(Map.of("new", B));

        assertThat(manifest.size()).isEqualTo(100_001);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    private static Manifest hostile() {
        Map<String, String> entries = new TreeMap<>();
        HostileNames.ALL.forEach(name -> entries.put(name, sha256(name)));
        return new Manifest(entries);
    }

    public static String sha256(String content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
