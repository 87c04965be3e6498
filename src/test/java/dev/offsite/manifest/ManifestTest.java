package dev.offsite.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.support.HostileNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
    void entriesCannotBeChangedFromOutside() {
        Map<String, String> source = new TreeMap<>(Map.of("a", A));
        Manifest manifest = new Manifest(source);

        source.clear();

        assertThat(manifest.size()).isEqualTo(1);
        assertThatThrownBy(() -> manifest.entries().clear()).isInstanceOf(UnsupportedOperationException.class);
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
                "",
                "# comment",
                "garbage",
                "HASH",
                "HASH ",
                "HASH  ",
                "HASH a",
                "HASHa  a",
                " HASH  a",
                "SHA256 (a) = HASH"
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
