package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.age.AgeKeyPair;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the commands of docs/restore.md for encrypted copies with nothing but a shell and {@code age}. */
@Timeout(120)
class EncryptedRestoreDocIT {

    private static final Pattern BLOCK = Pattern.compile("(?s)```sh age\n(.*?)```");
    private static final List<String> NAMES = List.of(
            "plain.dump",
            "two  blanks",
            " leading and trailing ",
            "-rf",
            "-",
            "it's \"quoted\"",
            "$(touch pwned)",
            "back\\slash\\n",
            "carriage\rreturn",
            "*",
            "Ünïcödé 備份",
            "sub/folder/file",
            "sub/-",
            "empty");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void decryptsAllWithNamesTimesAndHashes(boolean hiddenNames) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/age")), "apt-get install age");
        AgeKeyPair pair = AgeKeyPair.make();
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            TestSite offsite = TestSite.of(folder, server)
                    .job("encrypt-to", pair.recipient())
                    .job("encrypt-names", String.valueOf(hiddenNames));
            for (String name : NAMES) {
                offsite.backup(name, name.equals("empty") ? "" : "what is in " + name);
            }
            assertThat(offsite.run("ship").exit()).isZero();
            offsite.backup("plain.dump", "newer than before");
            assertThat(offsite.run("ship").exit()).isZero();
            Path alone = Files.createDirectory(folder.resolve("alone"));
            Path key = Files.writeString(alone.resolve("key.txt"), pair.identity() + "\n");
            copy(offsite.dated(), alone.resolve("restored"));

            Result ran = TestSite.tool(alone, "sh", "-euc", script().replace("/root/key.txt", key.toString()));

            assertThat(ran.exit()).as("%s", ran).isZero();
            assertThat(ran.out()).contains("sub/folder/file: OK");
            for (String name : NAMES) {
                Path restored = alone.resolve("plain").resolve(name);
                Path source = offsite.source().resolve(name);
                assertThat(Files.mismatch(restored, source)).as(name).isEqualTo(-1);
                assertThat(Files.getLastModifiedTime(restored).toMillis())
                        .isEqualTo(Files.getLastModifiedTime(source).toMillis());
            }
            assertThat(TestSite.filesIn(alone.resolve("plain"))).hasSize(NAMES.size() + 1);
        }
    }

    private static String script() throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("docs/restore.md")))
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
