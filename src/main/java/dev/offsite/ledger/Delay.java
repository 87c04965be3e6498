package dev.offsite.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * Why a committed file may not be moved or deleted yet: the server may not have its copy on disk.
 *
 * @param since when it was committed
 * @param folder the name of the dated folder of its copy
 */
public record Delay(Instant since, String folder) {

    /** As it is in the map. */
    String value() {
        return since + " " + folder;
    }

    /** Empty if there is nothing to wait for. */
    static Optional<Delay> of(String value) {
        String[] words = value.split(" ", 2);
        return words.length == 2 ? Optional.of(new Delay(Instant.parse(words[0]), words[1])) : Optional.empty();
    }
}
