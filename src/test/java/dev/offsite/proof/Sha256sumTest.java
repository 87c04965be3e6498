package dev.offsite.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Sha256sumTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    @Test
    void theRealShellHashesHostileNamesAndTheyAreReadBack(@TempDir Path folder) throws Exception {
        HostileNames.create(folder);

        String stdout = shell(folder, Sha256sum.command(HostileNames.ALL));

        Map<String, String> expected = new TreeMap<>();
        HostileNames.ALL.forEach(name -> expected.put(name, ManifestTest.sha256(name)));
        assertThat(Sha256sum.parse(stdout)).isEqualTo(expected);
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void theRealShellTakesACommandOfTheGreatestSize(@TempDir Path folder) throws Exception {
        HostileNames.create(folder);
        List<String> many = Collections.nCopies(2000, "n".repeat(250));
        List<String> first =
                Sha256sum.batches(many, Sha256sum.MAX_COMMAND_BYTES).get(0);

        String command = Sha256sum.command(first);

        assertThat(command.length()).isBetween(Sha256sum.MAX_COMMAND_BYTES - 300, Sha256sum.MAX_COMMAND_BYTES);
        assertThat(Sha256sum.parse(shell(folder, command))).hasSize(1);
    }

    @Test
    void quotesEveryPathForAPosixShell() {
        assertThat(Sha256sum.command(List.of("/r/a b", "it's", "-x")))
                .isEqualTo("sha256sum -- '/r/a b' 'it'\\''s' '-x'");
    }

    @Test
    void refusesToHashStandardInputOrAPathThatCannotBe() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256sum.command(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256sum.command(List.of("")));
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256sum.command(List.of("a\0b")));
        assertThat(Sha256sum.command(List.of("-"))).isEqualTo("sha256sum -- './-'");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 1000, 4096, Sha256sum.MAX_COMMAND_BYTES})
    void batchesKeepEveryPathInOrderAndEachCommandUnderTheLimit(int maxBytes) {
        List<String> paths = Collections.nCopies(40, HostileNames.ALL).stream()
                .flatMap(List::stream)
                .filter(path -> Sha256sum.command(List.of(path)).getBytes(UTF_8).length <= maxBytes)
                .toList();

        List<List<String>> batches = Sha256sum.batches(paths, maxBytes);

        assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(paths);
        assertThat(batches).allMatch(batch -> Sha256sum.command(batch).getBytes(UTF_8).length <= maxBytes);
    }

    @Test
    void batchesAreFilledToTheByte() {
        int two = Sha256sum.command(List.of("é", "b")).getBytes(UTF_8).length;

        assertThat(Sha256sum.batches(List.of("é", "b"), two)).hasSize(1);
        assertThat(Sha256sum.batches(List.of("é", "b"), two - 1)).hasSize(2);
    }

    @Test
    void aPathThatIsTooLongIsAloneAndNoPathsAreNoBatch() {
        String tooLong = "x".repeat(200);

        assertThat(Sha256sum.batches(List.of("a", tooLong, "b"), 100))
                .containsExactly(List.of("a"), List.of(tooLong), List.of("b"));
        assertThat(Sha256sum.batches(List.of(), 100)).isEmpty();
    }

    @Test
    void ignoresWhatIsNoSum() {
        String stdout = "Welcome!\r\n\n" + A + "  a\r\n" + "note " + B + "  b\n" + B.toUpperCase(Locale.ROOT)
                + "  c\nsha256sum: d: No such file or directory\n" + B + "  \n\\" + B + "  bad\\escape\n" + B + " *e";

        assertThat(Sha256sum.parse(stdout)).isEqualTo(Map.of("a", A, "e", B));
        assertThat(Sha256sum.parse("This service allows sftp connections only.\n"))
                .isEmpty();
        assertThat(Sha256sum.parse("")).isEmpty();
    }

    @Test
    void leavesOutAPathWithDifferentHashes() {
        String stdout = A + "  a\n" + B + "  a\n" + A + "  a\n" + (A + "  twice\n").repeat(2);

        assertThat(Sha256sum.parse(stdout)).isEqualTo(Map.of("twice", A));
    }

    /** Has sh run the command as its one argument, as sshd does, but through UTF-8 input: Java's depends on the locale. */
    private static String shell(Path folder, String command) throws Exception {
        return HostileNames.run(folder, command, "sh", "-c", "command=$(cat); exec sh -c \"$command\"");
    }
}
