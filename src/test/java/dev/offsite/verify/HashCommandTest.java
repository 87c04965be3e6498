package dev.offsite.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.offsite.exec.CommandRunner;
import dev.offsite.job.HashProgram;
import dev.offsite.manifest.ManifestTest;
import dev.offsite.manifest.Sha256sumFormat;
import dev.offsite.support.HostileNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashCommandTest {

    private static final HashCommand GNU = HashCommand.SHA256SUM;
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    /** As on the BSDs, for a machine that has GNU's. */
    private static final String BSD =
            """
            #!/bin/sh
            how=$1; shift
            for file; do
              hash=$(sha256sum <"$file") || continue
              case $how in
                -r) echo "${hash%% *} $file" ;;
                -q) echo "${hash%% *}" ;;
              esac
            done
            """;

    @ParameterizedTest
    @EnumSource
    void hashesTheNamesThatItTakes(HashCommand command, @TempDir Path folder) throws Exception {
        HostileNames.create(folder);
        List<String> names = HostileNames.ALL.stream()
                .filter(name -> command.takes("/" + name))
                .map(name -> folder + "/" + name)
                .toList();

        Map<String, String> found = new TreeMap<>();
        for (List<String> batch : command.batches(names, CommandRunner.MAX_COMMAND_BYTES)) {
            found.putAll(command.parse(shell(folder, command.command(batch)), batch));
        }

        Map<String, String> expected = new TreeMap<>();
        names.forEach(name -> expected.put(
                name, ManifestTest.sha256(name.substring(folder.toString().length() + 1))));
        assertThat(found).isEqualTo(expected).isNotEmpty();
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void theRealShellHashesHostileNamesAndTheyAreReadBack(@TempDir Path folder) throws Exception {
        HostileNames.create(folder);

        String stdout = shell(folder, GNU.command(HostileNames.ALL));

        Map<String, String> expected = new TreeMap<>();
        HostileNames.ALL.forEach(name -> expected.put(name, ManifestTest.sha256(name)));
        assertThat(Sha256sumFormat.parse(stdout)).isEqualTo(expected);
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void theRealShellTakesACommandOfTheGreatestSize(@TempDir Path folder) throws Exception {
        HostileNames.create(folder);
        List<String> many = Collections.nCopies(2000, "n".repeat(250));
        List<String> first = GNU.batches(many, CommandRunner.MAX_COMMAND_BYTES).get(0);

        String command = GNU.command(first);

        assertThat(command.length()).isBetween(CommandRunner.MAX_COMMAND_BYTES - 300, CommandRunner.MAX_COMMAND_BYTES);
        assertThat(Sha256sumFormat.parse(shell(folder, command))).hasSize(1);
    }

    @Test
    void quotesEveryPathForAPosixShell() {
        assertThat(GNU.command(List.of("/r/a b", "it's", "-x"))).isEqualTo("sha256sum -- '/r/a b' 'it'\\''s' '-x'");
    }

    @Test
    void refusesToHashStandardInputOrAPathThatCannotBe() {
        assertThatIllegalArgumentException().isThrownBy(() -> GNU.command(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> GNU.command(List.of("")));
        assertThatIllegalArgumentException().isThrownBy(() -> GNU.command(List.of("a\0b")));
        assertThat(GNU.command(List.of("-"))).isEqualTo("sha256sum -- './-'");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 1000, 4096, CommandRunner.MAX_COMMAND_BYTES})
    void batchesKeepEveryPathInOrderAndEachCommandUnderTheLimit(int maxBytes) {
        List<String> paths = Collections.nCopies(40, HostileNames.ALL).stream()
                .flatMap(List::stream)
                .filter(path -> GNU.command(List.of(path)).getBytes(UTF_8).length <= maxBytes)
                .toList();

        List<List<String>> batches = GNU.batches(paths, maxBytes);

        assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(paths);
        assertThat(batches).allMatch(batch -> GNU.command(batch).getBytes(UTF_8).length <= maxBytes);
    }

    @Test
    void batchesAreFilledToTheByte() {
        int two = GNU.command(List.of("é", "b")).getBytes(UTF_8).length;

        assertThat(GNU.batches(List.of("é", "b"), two)).hasSize(1);
        assertThat(GNU.batches(List.of("é", "b"), two - 1)).hasSize(2);
    }

    @Test
    void aPathThatIsTooLongIsAloneAndNoPathsAreNoBatch() {
        String tooLong = "x".repeat(200);

        assertThat(GNU.batches(List.of("a", tooLong, "b"), 100))
                .containsExactly(List.of("a"), List.of(tooLong), List.of("b"));
        assertThat(GNU.batches(List.of(), 100)).isEmpty();
    }

    @Test
    void theShellsThatSplitAtBlanksAreGivenNoQuotes() {
        assertThat(HashCommand.SHA256SUM_PLAIN.command(List.of("/srv/db/.offsite-0a.part")))
                .isEqualTo("sha256sum /srv/db/.offsite-0a.part");
        assertThat(List.of("/a b", "/it's", "/$(x)", "/;", "/*", "/ü", "-x", "/a\nb"))
                .noneMatch(HashCommand.SHA256SUM_PLAIN::takes);
    }

    @Test
    void readsHashesWithoutNames() {
        assertThat(HashCommand.SHA256_Q.parse("hello\r\n" + A + "\r\n", List.of("/a")))
                .isEqualTo(Map.of("/a", A));
        assertThat(HashCommand.SHA256_Q.parse(A + "\n" + B + "\n", List.of("/a")))
                .as("two answers to one question")
                .isEmpty();
        assertThat(HashCommand.SHA256_Q.parse(A + "  /b\n", List.of("/a"))).isEmpty();
    }

    @Test
    void readsOnlyWhatWasAskedFor() {
        for (HashCommand command : HashCommand.values()) {
            String line = command == HashCommand.SHA256_Q
                    ? "%s%n"
                    : "%s " + (command == HashCommand.SHA256_R ? "" : "*") + "/%s%n";
            assertThat(command.parse(line.formatted(A, "b"), List.of("/a")))
                    .as("%s", command)
                    .isEqualTo(command == HashCommand.SHA256_Q ? Map.of("/a", A) : Map.of());
            assertThat(command.parse("This service allows sftp connections only.\n", List.of("/a")))
                    .isEmpty();
        }
    }

    @Test
    void aNameWithTwoHashesHasNone() {
        assertThat(HashCommand.SHA256_R.parse(A + " /a\n" + B + " /a\n" + A + " /a\n", List.of("/a")))
                .isEmpty();
        assertThat(HashCommand.OPENSSL.parse(A + " */a\n" + B + " */*b\n", List.of("/a", "/*b")))
                .isEqualTo(Map.of("/a", A, "/*b", B));
    }

    @Test
    void whatItPrintedCountsWhereItCouldNotReadSomeFiles() {
        assertThat(HashCommand.OPENSSL.counts(3))
                .as("as many as OpenSSL 1 could not read")
                .isTrue();
        assertThat(GNU.counts(1)).isTrue();
        assertThat(GNU.counts(2)).isFalse();
        for (HashCommand command : HashCommand.values()) {
            assertThat(command.counts(0)).isTrue();
            assertThat(List.of(-1, 126, 127, 137)).noneMatch(command::counts);
        }
    }

    @Test
    void theFastCommandIsPreferredAndTheOtherIsForTheNamesThatItDoesNotTake() {
        HashMethod openssl = new HashMethod(HashCommand.OPENSSL, true);
        HashMethod gnu = new HashMethod(GNU, true);
        HashMethod bsd = new HashMethod(HashCommand.SHA256_Q, false);

        assertThat(HashMethod.preferred(List.of(gnu, bsd, openssl))).containsExactly(openssl, gnu);
        assertThat(HashMethod.preferred(List.of(gnu, bsd))).containsExactly(gnu);
        assertThat(HashMethod.preferred(List.of(openssl))).containsExactly(openssl);
        assertThat(HashMethod.preferred(List.of())).isEmpty();
    }

    @Test
    void aProgramIsItsCommands() {
        assertThat(HashCommand.of(HashProgram.AUTO)).containsExactly(HashCommand.values());
        assertThat(HashCommand.of(HashProgram.SHA256)).containsExactly(HashCommand.SHA256_R, HashCommand.SHA256_Q);
        assertThat(HashProgram.names()).allSatisfy(name -> {
            assertThat(HashProgram.named(name)).hasToString(name);
            assertThat(HashCommand.of(HashProgram.named(name))).isNotEmpty();
        });
    }

    @Test
    void aWayIsRemembered() {
        for (HashCommand command : HashCommand.values()) {
            HashMethod way = new HashMethod(command, command != GNU);
            assertThat(HashMethod.parse(way.toString())).contains(way);
        }
        assertThat(HashMethod.parse("md5sum many")).isEmpty();
        assertThat(new HashMethod(GNU, false).batches(List.of("/a", "/b"))).hasSize(2);
        assertThat(new HashMethod(GNU, true).batches(List.of("/a", "/b"))).hasSize(1);
    }

    /** Has sh run the command as its one argument, as sshd does, but through UTF-8 input: Java's depends on the locale. */
    private static String shell(Path folder, String command) throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path sha256 = Files.writeString(bin.resolve("sha256"), BSD);
        Files.setPosixFilePermissions(sha256, PosixFilePermissions.fromString("rwxr-xr-x"));
        return HostileNames.run(
                folder,
                command,
                "sh",
                "-c",
                "command=$(cat); PATH=$PATH:$PWD/bin; export PATH; exec sh -c \"$command\"");
    }
}
