package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.ship.ShipResult;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShipCommandTest {

    private static final String FOLDER = "/srv/offsite/db/20260131";

    private static String summary(
            String folder, int shipped, long bytes, List<String> failed, String note, String... trouble) {
        ShipResult result = new ShipResult(
                "db",
                folder == null ? List.of() : List.of(folder),
                shipped,
                bytes,
                1_234_000_000,
                failed.stream().collect(Collectors.toMap(name -> name, name -> "no reason")),
                null,
                false,
                Optional.empty());
        return ShipCommand.summary(new ShipOnce.Outcome(result, 0, note, List.of(trouble)));
    }

    @Test
    void nothingNew() {
        assertThat(summary(null, 0, 0, List.of(), "")).isEqualTo("db: nothing new");
    }

    @Test
    void allShipped() {
        assertThat(summary(FOLDER, 2, 3 << 20, List.of(), ""))
                .isEqualTo("db: 2 files shipped and verified to " + FOLDER + " (3.0 MiB in 1.2 s)");
    }

    @Test
    void oneIsOneFile() {
        assertThat(summary(FOLDER, 1, 0, List.of(), "")).startsWith("db: 1 file shipped and verified to ");
    }

    @Test
    void someFailed() {
        assertThat(summary(FOLDER, 1, 5, List.of("a", "b"), ""))
                .isEqualTo("db: 1 file shipped and verified to " + FOLDER + " (5 B in 1.2 s), 2 files NOT shipped");
    }

    @Test
    void allFailed() {
        assertThat(summary(null, 0, 0, List.of("a"), ""))
                .isEqualTo("db: 0 files shipped and verified, 1 file NOT shipped");
    }

    @Test
    void shippedButNotPruned() {
        assertThat(summary(FOLDER, 1, 5, List.of(), "permission denied")).endsWith("; pruning: permission denied");
    }

    @Test
    void knownTroubleIsNamedEachTime() {
        assertThat(summary(null, 0, 0, List.of(), "", "1 copy is missing", "x is small"))
                .isEqualTo("db: nothing new, but 1 copy is missing; x is small");
        assertThat(summary(FOLDER, 1, 0, List.of(), "", "1 copy is missing")).endsWith("; 1 copy is missing");
    }
}
