package dev.offsite.migrate;

import java.util.regex.Pattern;

/**
 * Which texts of a state all nodes of a cluster share. What else is in a state folder belongs to its machine: locks, messages
 * that wait to be sent, what commands did there, and how many connections servers took.
 */
final class SharedTexts {

    private static final Pattern SHARED =
            Pattern.compile("owner|part-names\\.secret|reopening\\.properties|hash-commands\\.properties"
                    // Of a job, a route or a target.
                    + "|[^/]+\\.(status|memory|unfit|source|schedule|drill|implausible|root|recipients|replaces|exclusive|sync)"
                    + "|(history|verifications|proofs|contents)/[^/]+/[^/]+|uploads/[^/]+"
                    // What a receiver was told already.
                    + "|notify/[^/]+/told");

    /** A file that is being written, or was when the machine lost its power. */
    private static final String UNFINISHED = ".new";

    /** Of nodes that run: who changed which manifest last. */
    private static final String OF_NOW = "manifests/";

    private SharedTexts() {}

    static boolean contains(String name) {
        return SHARED.matcher(name).matches() && !name.endsWith(UNFINISHED);
    }

    static boolean isOfNow(String name) {
        return name.startsWith(OF_NOW);
    }
}
