package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 9, within one process; across processes it is an integration test. */
class StateLockTest {

    @TempDir
    private Path folder;

    @Test
    void theSecondIsToldAtOnceWhoHasIt() {
        Path state = folder.resolve("new/state");
        try (StateLock held = StateLock.take(state, "serve")) {
            CommandException busy = catchThrowableOfType(CommandException.class, () -> StateLock.take(state, "ship"));

            assertThat(busy.exitCode()).isEqualTo(ExitCode.BUSY);
            assertThat(busy)
                    .hasMessage("another run is active (serve, process %d, lock %s)"
                            .formatted(ProcessHandle.current().pid(), state.resolve("lock")));
        }
    }

    @Test
    void itIsFreeAfterwards() throws IOException {
        StateLock.take(folder, "a verb with a long name").close();
        try (StateLock again = StateLock.take(folder, "ship")) {
            assertThat(folder.resolve("lock"))
                    .content()
                    .startsWith("ship, process ")
                    .doesNotContain("long");
        }
    }

    @Test
    void twoStateFoldersAreIndependent() {
        try (StateLock one = StateLock.take(folder.resolve("1"), "ship");
                StateLock other = StateLock.take(folder.resolve("2"), "ship")) {
            assertThat(one).isNotSameAs(other);
        }
    }

    @Test
    void aStateFolderThatCannotBeMadeIsAMistakeInTheConfiguration() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        CommandException refused =
                catchThrowableOfType(CommandException.class, () -> StateLock.take(file.resolve("state"), "ship"));

        assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(refused).hasMessageStartingWith("offsite.state: the folder " + file.resolve("state"));
    }
}
