package dev.offsite.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenamesTest {

    @ParameterizedTest
    @CsvSource({
        // Loopback: one will do.
        "300, 100, 4, 1",
        "0, 50, 4, 1",
        "0, 0, 1, 1",
        // 50 ms away: 20 a second on each.
        "20, 50000, 8, 1",
        "21, 50000, 8, 2",
        "100, 50000, 8, 5",
        "10000, 50000, 8, 8",
        "10000, 50000, 1, 1"
    })
    void moreConnectionsWhereOneWouldTakeSeconds(int renames, long microsEach, int most, int connections) {
        assertThat(Renames.connections(renames, microsEach * 1000, most)).isEqualTo(connections);
    }
}
