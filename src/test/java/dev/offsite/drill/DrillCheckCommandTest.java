package dev.offsite.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DrillCheckCommandTest {

    @TempDir
    private Path folder;

    /** Invariant 12. */
    @Test
    void aCommandThatDoesNotEndIsGivenUp() throws IOException {
        assertThat(DrillCheckCommand.run("sleep 60", "db", folder, List.of(), Duration.ofMillis(200)))
                .hasValueSatisfying(problem -> assertThat(problem).contains("did not end within"));
    }
}
