package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.TestSite.Result;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffsiteTest {

    @Test
    void helpTellsTheVerbsAndTheExitCodes() {
        Result said = InJvm.run("--help");

        assertThat(said.exit()).isZero();
        assertThat(said.err()).isEmpty();
        assertThat(said.out())
                .contains("demo", "ship", "serve", "prune", "doctor", "config", "--config", "Exit codes:")
                .contains("  0  ", "  1  ", "  2  ", "  3  ", "  4  ")
                .doesNotContain("warm-up");
    }

    /** Invariant 8. */
    @Test
    void theHelpOfRestoreNamesAllItsWords() {
        assertThat(InJvm.run("restore", "--help").out().replaceAll("\\s+", " "))
                .contains("[JOB] [DATE] [FILE...] Brings", " [DATE] [FILE...] A dated folder");
    }

    @Test
    void theWorstExitCodeWins() {
        assertThat(ExitCode.worst(ExitCode.FAILED, ExitCode.OK)).isEqualTo(ExitCode.FAILED);
        assertThat(ExitCode.worst(ExitCode.OK, ExitCode.FAILED)).isEqualTo(ExitCode.FAILED);
        assertThat(ExitCode.worst(ExitCode.TARGET, ExitCode.FAILED)).isEqualTo(ExitCode.TARGET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "ship", "serve", "prune", "doctor", "config"})
    void eachVerbHasItsHelp(String verb) {
        Result said = InJvm.run(verb, "--help");

        assertThat(said.exit()).isZero();
        assertThat(said.out()).startsWith("Usage: offsite " + verb);
    }

    @Test
    void theVersionIsTold() {
        Result said = InJvm.run("--version");

        assertThat(said.exit()).isZero();
        assertThat(said.out()).startsWith("offsite ");
    }

    @Test
    void aMisspeltVerbIsPutRight() {
        assertThat(InJvm.run("shipp").err())
                .startsWith("offsite: there is no verb shipp; did you mean ship")
                .endsWith("? (offsite --help)\n")
                .hasLineCount(1);
    }

    /** Without pages of help that hide it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restore db | restore: missing required option: '--to=DIR' (offsite restore --help)",
                "restore db --too x | restore: there is no option --too (offsite restore --help)",
                "restore --to | restore: missing required parameter for option '--to' (DIR) (offsite restore --help)",
                "ship --dry-runn | ship: there is no option --dry-runn; did you mean --dry-run? (offsite ship --help)",
                "--keep 7 ship | there is no option --keep (offsite --help)",
                "demo surplus | demo: surplus is one argument too many (offsite demo --help)",
                "restore db --to pom.xml | restore: --to: pom.xml is a file, not a folder (offsite restore --help)",
                "help nonsense | there is no verb or setting 'nonsense': offsite --help lists the verbs,"
                        + " docs/configuration.md has all settings",
                "prune --max=0 | prune: --max: '0' is less than 1 (offsite prune --help)",
            })
    void aMistakeIsToldInOneLine(String args, String said) {
        assertThat(InJvm.run(args.split(" ", -1)).err()).isEqualTo("offsite: " + said + "\n");
    }

    @Test
    void anEmptyWordIsNamed() {
        assertThat(InJvm.run("").err()).isEqualTo("offsite: there is no verb '' (offsite --help)\n");
        assertThat(InJvm.run("-c", "", "ship").err()).isEqualTo("offsite: -c: name the configuration file\n");
    }

    @Test
    void withoutAVerbTheVerbsAreShown() {
        assertThat(InJvm.run().err()).contains("say what to do", "Usage: offsite", "restore");
    }

    static Stream<List<String>> mistakes() {
        return Stream.of(
                List.of(),
                List.of("shipp"),
                List.of("ship", "--no-such-option"),
                List.of("--no-such-option"),
                List.of("demo", "surplus"),
                List.of("config", "-c"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeOnTheCommandLineEndsWithTwo(List<String> args) {
        Result said = InJvm.run(args.toArray(String[]::new));

        assertThat(said.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(said.out()).isEmpty();
        assertThat(said.err()).isNotEmpty().doesNotContain("\tat ");
    }
}
