package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.TestSite.Result;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        assertThat(InJvm.run("restore", "--help").out()).contains("[JOB] [DATE] [FILE...]\n", "  [DATE] [FILE...] ");
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
        assertThat(InJvm.run("shipp").err()).contains("Did you mean: offsite ship");
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
