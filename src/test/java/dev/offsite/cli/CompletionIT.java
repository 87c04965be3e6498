package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The completion of the distribution in real shells. */
@Timeout(180)
class CompletionIT {

    private static final Path SCRIPTS = Path.of("target/offsite/completion").toAbsolutePath();
    private static final String COMMAND =
            Path.of("target/offsite/bin/offsite").toAbsolutePath().toString();

    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite offsite;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** How each shell is asked. The line is split at blanks; the last word is the one to complete. */
    enum Shell {
        BASH {
            @Override
            List<String> command(String line) {
                String words = line.replaceFirst("^offsite", COMMAND).replaceAll("(?<= )$", "''");
                return List.of(
                        "bash",
                        "--norc",
                        "-uc",
                        "source %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _offsite; ((${#COMPREPLY[@]} == 0)) || printf '%%s\\n' \"${COMPREPLY[@]}\""
                                .formatted(SCRIPTS.resolve("bash/offsite"), words));
            }
        },
        FISH {
            @Override
            List<String> command(String line) {
                return List.of(
                        "fish",
                        "--no-config",
                        "-c",
                        "set PATH %s $PATH; source %s; complete -C '%s'"
                                .formatted(Path.of(COMMAND).getParent(), SCRIPTS.resolve("fish/offsite.fish"), line));
            }
        };

        abstract List<String> command(String line);

        List<String> complete(Path folder, String line) throws IOException {
            assumeTrue(isInstalled(name()), () -> name() + " is not installed");
            Result result = TestSite.tool(folder, command(line).toArray(String[]::new));
            assertThat(result.err()).isEmpty();
            // fish adds descriptions.
            return result.out()
                    .lines()
                    .map(word -> word.replaceFirst("\t.*", ""))
                    .toList();
        }
    }

    private static boolean isInstalled(String shell) {
        return Stream.of("/usr/bin/", "/bin/")
                .anyMatch(bin -> Files.exists(Path.of(bin + shell.toLowerCase(Locale.ROOT))));
    }

    @ParameterizedTest
    @EnumSource
    void verbsAndOptionsAndTheirValues(Shell shell) throws IOException {
        assertThat(shell.complete(folder, "offsite sta")).containsExactly("status");
        assertThat(shell.complete(folder, "offsite prune --dry")).containsExactly("--dry-run");
        assertThat(shell.complete(folder, "offsite ship --dry-r")).doesNotContain("--undo");
        assertThat(shell.complete(folder, "offsite list --sort ")).containsExactlyInAnyOrder("size", "time", "name");
        assertThat(shell.complete(folder, "offsite help keep-w"))
                .containsExactlyInAnyOrder("keep-weekly", "keep-within");
    }

    @ParameterizedTest
    @EnumSource
    void jobsAndTheDatesThatThisMachineVerified(Shell shell) throws IOException {
        offsite.backup("a", "a backup");
        assertThat(offsite.run("ship").exit()).isZero();
        String config = "offsite -c " + offsite.configuration();
        String today = offsite.folders().get(0).getFileName().toString();

        assertThat(shell.complete(folder, config + " ship ")).containsExactly("db");
        assertThat(shell.complete(folder, config + " list db ")).containsExactly(today);
        assertThat(shell.complete(folder, config + " restore db " + today.substring(0, 4)))
                .containsExactly(today);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAConfigurationItIsSilent(Shell shell) throws IOException {
        assertThat(shell.complete(folder, "offsite -c " + folder.resolve("missing") + " ship d"))
                .isEmpty();
    }

    @Test
    void theScriptOfZshIsValid() throws IOException {
        assumeTrue(isInstalled("zsh"), "zsh is not installed");
        Result result = TestSite.tool(
                folder, "zsh", "-f", "-n", SCRIPTS.resolve("zsh/_offsite").toString());
        assertThat(result.exit()).as("%s", result).isZero();
    }

    /** What zsh is told of it, with the function that takes it replaced. */
    @Test
    void zshAsksForJobs() throws IOException {
        assumeTrue(isInstalled("zsh"), "zsh is not installed");
        Result result = TestSite.tool(
                folder,
                "zsh",
                "-fc",
                "compadd() { shift; print -l -- $@ }; _arguments() { :; }; words=(offsite); . %s; _offsite_command=%s; _offsite_config=(-c %s); _offsite_words JOB"
                        .formatted(SCRIPTS.resolve("zsh/_offsite"), COMMAND, offsite.configuration()));
        assertThat(result.out()).as("%s", result).isEqualTo("db\n");
    }
}
