package dev.offsite.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateFolder;
import dev.offsite.job.Job;
import dev.offsite.support.Fixtures;
import dev.offsite.support.OneJob;
import dev.offsite.support.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which machine a root belongs to, where several have the same name: they were copied, or installed from one image. */
@Timeout(60)
class RootOwnersIT {

    private static final String ONE = "1".repeat(32);
    private static final String TWO = "2".repeat(32);

    @TempDir
    Path folder;

    private final Job job = Fixtures.job("db", "/srv/db");
    private Remote remote;

    @BeforeEach
    void start() throws IOException {
        remote = new Remote(folder.resolve("server"));
    }

    @AfterEach
    void stop() throws IOException {
        remote.close();
    }

    /** A machine with this id and a state folder of its own; an empty id is that of a container without one. */
    private RootOwners machine(String id, String state) throws IOException {
        Path file = Files.writeString(folder.resolve("id of " + state), id + "\n");
        Path path = folder.resolve(state);
        StateFolder known = new StateFolder(path);
        return new RootOwners(known, new Owner(known, path.toString(), List.of(file)), new OneJob(job));
    }

    private Path mark() throws IOException {
        return remote.file("srv/db/" + RootMark.NAME);
    }

    @Test
    void anotherMachineOfTheSameNameIsRefused() throws Exception {
        machine(ONE, "first").check(job, remote.sessions());
        Files.delete(folder.resolve("first/owner"));
        String before = Files.readString(mark());

        RootOwners clone = machine(TWO, "second");
        assertThatThrownBy(() -> clone.check(job, remote.sessions()))
                .isInstanceOf(RootException.class)
                .hasMessageContainingAll(
                        "belongs to another installation",
                        "on another machine of this name, or on this one before it was installed anew",
                        "offsite adopt db");

        assertThat(mark()).hasContent(before.strip());
        clone.adopt(job, remote.sessions());
        assertThatCode(() -> clone.check(job, remote.sessions())).doesNotThrowAnyException();
    }

    @Test
    void aLostStateOfTheSameMachineIsNot() throws Exception {
        machine(ONE, "first").check(job, remote.sessions());
        Files.delete(folder.resolve("first/owner"));

        machine(ONE, "second").check(job, remote.sessions());

        assertThat(Files.readString(mark())).contains("state " + folder.resolve("second"));
    }

    /** As before: then the name of the machine is all that there is. */
    @Test
    void aMachineWithoutAnIdGoesByItsName() throws Exception {
        machine("", "first").check(job, remote.sessions());
        Files.delete(folder.resolve("first/owner"));
        machine(TWO, "second").check(job, remote.sessions());
        assertThat(Files.readString(mark())).contains("state " + folder.resolve("second"), "machine ");
    }

    @Test
    void aMarkOfAnEarlierVersionGetsTheMachine() throws Exception {
        machine("", "first").check(job, remote.sessions());
        assertThat(Files.readString(mark())).doesNotContain("machine ");
        StateFile memory = StateFile.of(new StateFolder(folder.resolve("first")), "db", "root");
        memory.write(memory.read().orElseThrow().subList(0, 4));

        machine(ONE, "first").check(job, remote.sessions());

        assertThat(Files.readString(mark())).contains("machine ");
    }
}
