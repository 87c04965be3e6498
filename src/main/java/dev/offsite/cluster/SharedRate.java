package dev.offsite.cluster;

import java.time.Duration;

/**
 * A rate that all nodes keep to together. They share its time, of which a second passes each second, and not what goes
 * through in it: so the rate may change by the hour.
 */
public interface SharedRate {

    /**
     * Takes that much time for this node, and returns how long to wait before it is used. Never fails: while what is shared
     * cannot be reached, each node has the part that it would have if all nodes needed the same.
     */
    Duration take(Duration time);
}
