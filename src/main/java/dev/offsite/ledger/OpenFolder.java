package dev.offsite.ledger;

/**
 * A remote folder that a run has started to write into.
 *
 * @param node which node of a cluster; "" for a single machine
 */
public record OpenFolder(String node, String path) {

    /** In a cluster, stands for the machine that shipped alone before it. It is never alive. */
    public static final String ALONE = "00000000";

    /** As it is in the map. */
    String value() {
        return node.isEmpty() ? path : node + " " + path;
    }

    /** {@code shared}: whether the value is of a cluster, and so begins with a node. */
    static OpenFolder of(String value, boolean shared) {
        int end = shared ? value.indexOf(' ') : -1;
        return new OpenFolder(value.substring(0, Math.max(0, end)), value.substring(end + 1));
    }
}
