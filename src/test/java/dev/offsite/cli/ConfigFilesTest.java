package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.openssh.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFilesTest {

    private static final String NAME = "application.properties";

    @TempDir
    Path folder;

    private Path here;
    private Path user;
    private Path machine;
    private Path home;

    @BeforeEach
    void folders() throws IOException {
        here = Files.createDirectory(folder.resolve("here"));
        user = Files.createDirectory(folder.resolve("user"));
        machine = Files.createDirectory(folder.resolve("etc"));
        home = Files.createDirectory(folder.resolve("home"));
    }

    @Test
    void theOneHereWinsThenThatOfTheUserThenThatOfTheMachineThenThatOfTheDistribution() throws IOException {
        assertThat(files(null).found()).isEmpty();
        write(home, "");
        assertThat(files(null).found()).contains(home.resolve(NAME));
        write(machine, "");
        assertThat(files(null).found()).contains(machine.resolve(NAME));
        write(user, "");
        assertThat(files(null).found()).contains(user.resolve(NAME));
        write(here, "");
        assertThat(files(null).found()).contains(here.resolve(NAME));
        assertThat(files(Path.of("other")).found()).contains(here.resolve("other"));
    }

    @Test
    void forACommandThatNeedsNoneThatOfTheMachineIsForTheUserOfItsState() throws IOException {
        Files.createDirectory(machine.resolve("state"));
        write(machine, "offsite.retries=7\n");
        String owner = Files.getOwner(machine.resolve("state")).getName();

        assertThat(retries(owner)).contains("7");
        assertThat(retries("somebody-else")).isEmpty();
    }

    /** They may be unable to read the keys that it names, and may not be told that it has mistakes. */
    @Test
    void forOthersItIsNotEvenChecked() throws IOException {
        Files.createDirectory(machine.resolve("state"));
        write(machine, "offsite.no-such-key=1\n");

        assertThat(retries("somebody-else")).isEmpty();
    }

    private Optional<String> retries(String user) {
        return files(null).any(new Surroundings(home, user, Map.of())).map(read -> read.values()
                .get("offsite.retries"));
    }

    private ConfigFiles files(Path named) {
        return new ConfigFiles(here, named, Optional.of(user), Optional.of(machine), Optional.of(home));
    }

    private static void write(Path folder, String text) throws IOException {
        Files.writeString(folder.resolve(NAME), text);
    }
}
