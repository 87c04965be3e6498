package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFolder;
import dev.offsite.job.JobStatus.State;
import dev.offsite.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobStatusTest {

    private static final Job DB = Fixtures.job("db", "/srv/db");

    @TempDir
    private Path folder;

    private JobStatus status() {
        return new JobStatus(new StateFolder(folder.resolve("state")));
    }

    @Test
    void aJobThatNeverRanHasNone() {
        assertThat(status().last(DB)).isEqualTo(State.NONE);
    }

    @Test
    void isReadByAnotherProcess() {
        JobStatus ours = status();

        ours.running(DB);
        assertThat(status().last(DB)).isEqualTo(State.RUNNING);
        ours.ended(DB, true);
        assertThat(status().last(DB)).isEqualTo(State.OK);
        ours.running(DB);
        ours.ended(DB, false);
        assertThat(status().last(DB)).isEqualTo(State.FAILED);
    }

    /** Invariant 6. */
    @Test
    void aShipThatWasCutIsNoSuccess() {
        status().running(DB);
        assertThat(status().last(DB).pruning()).isFalse();
        status().ended(DB, false);
        assertThat(status().last(DB).pruning()).isFalse();
        status().ended(DB, true);
        assertThat(status().last(DB).pruning()).isTrue();
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        status().ended(DB, true);
        Files.writeString(folder.resolve("state/db.status"), "O");

        assertThatThrownBy(() -> status().last(DB))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("db.status");
    }

    @Test
    void aNameIsNoPath() {
        Job odd = Fixtures.job("../a/b c", "/srv/odd");

        status().ended(odd, true);

        assertThat(status().last(odd)).isEqualTo(State.OK);
        assertThat(folder.toFile().list()).containsExactly("state");
        assertThat(folder.resolve("state").toFile().list())
                .containsExactlyInAnyOrder("..%2Fa%2Fb+c.status", "memory.lock");
    }

    /** Nobody else would ever say that these nodes' ships are well again. */
    @Test
    void whatNodesKnewIsOneThingForAMachineAlone() {
        assertThat(JobStatus.alone("OK\n")).isEqualTo("OK\n");
        assertThat(JobStatus.alone("node a OK false\nnode b NONE false\ndamage two copies\n"))
                .isEqualTo("OK\ndamage two copies\n");
        assertThat(JobStatus.alone("node a NONE false\n")).isEqualTo("NONE\n");
        assertThat(JobStatus.alone("node a OK false\nnode b FAILED false\n")).isEqualTo("FAILED\n");
        assertThat(JobStatus.alone("OK\nnode a OK true\n")).isEqualTo("FAILED\n");
        assertThat(JobStatus.alone("?")).isEqualTo("?");
    }
}
