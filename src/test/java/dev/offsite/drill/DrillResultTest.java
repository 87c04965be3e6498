package dev.offsite.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillResultTest {

    private static final Instant THEN = Instant.parse("2026-01-31T02:30:00Z");

    @Test
    void isReadAsItWasWritten(@TempDir Path state) {
        DrillLog log = new DrillLog(new StateFolder(state.resolve("new")));
        assertThat(log.last("a/b")).isEmpty();
        for (DrillResult result : new DrillResult[] {
            new DrillResult("a/b", THEN, "20260131", 3, 5, ""),
            new DrillResult("a/b", THEN, "", 0, 0, "there is nothing"),
        }) {
            log.write(result);
            assertThat(log.last("a/b")).contains(result);
        }
    }

    @Test
    void whatIsNoRecordIsNamed(@TempDir Path state) throws Exception {
        Files.writeString(state.resolve("db.drill"), "yesterday\n");

        assertThatThrownBy(() -> new DrillLog(new StateFolder(state)).last("db"))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("db.drill");
    }
}
