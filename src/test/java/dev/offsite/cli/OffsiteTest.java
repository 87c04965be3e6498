package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffsiteTest {

    @Test
    void helpTellsTheVerbsAndTheExitCodes() {
        Captured said = Captured.run("--help");

        assertThat(said.exitCode()).isZero();
        assertThat(said.err()).isEmpty();
        assertThat(said.out())
                .contains("demo", "ship", "serve", "prune", "doctor", "config", "--config", "Exit codes:")
                .contains("  0  ", "  1  ", "  2  ", "  3  ", "  4  ")
                .doesNotContain("warm-up");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "ship", "serve", "prune", "doctor", "config"})
    void eachVerbHasItsHelp(String verb) {
        Captured said = Captured.run(verb, "--help");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).startsWith("Usage: offsite " + verb);
    }

    @Test
    void theVersionIsTold() {
        Captured said = Captured.run("--version");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).startsWith("offsite ");
    }

    @Test
    void aMisspeltVerbIsPutRight() {
        assertThat(Captured.run("shipp").err()).contains("Did you mean: offsite ship?");
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
        Captured said = Captured.run(args.toArray(String[]::new));

        assertThat(said.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(said.out()).isEmpty();
        assertThat(said.err()).isNotEmpty().doesNotContain("\tat ");
    }
}
