package dev.offsite.notify;

import dev.offsite.status.Trouble;
import java.util.Set;

/**
 * A receiver of notifications.
 *
 * @param name as in the configuration
 * @param on the events that they asked for
 * @param jobs the jobs that they asked for; empty for all
 * @param json whether they get JSON instead of text
 */
record Receiver(String name, Address to, Set<String> on, Set<String> jobs, boolean json) {

    boolean wants(String job) {
        return jobs.isEmpty() || jobs.contains(job);
    }

    /** Whether they are told when such a trouble begins. */
    boolean wantsBeginOf(Trouble.Kind kind) {
        return on.contains(kind.word());
    }

    /** Whether they are told when such a trouble is over. */
    boolean wantsEndOf(Trouble.Kind kind) {
        return wantsBeginOf(kind) || (kind == Trouble.Kind.STALE && on.contains("fresh"));
    }
}
