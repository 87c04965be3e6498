package dev.offsite.cluster.postgres;

import java.time.Duration;

/**
 * What decides how soon something is noticed.
 *
 * @param beat pause between two heartbeats
 * @param death how long a node that is alive may be silent
 * @param cache how long an answer about who is alive may be used again
 * @param patience how long a call is repeated while the database cannot be reached
 */
record Times(Duration beat, Duration death, Duration cache, Duration patience) {

    static final Times USUAL =
            new Times(Duration.ofSeconds(3), Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(15));
}
