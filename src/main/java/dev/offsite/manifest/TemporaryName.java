package dev.offsite.manifest;

import dev.offsite.io.HashingInputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The hidden name of a copy until it is verified: {@code .offsite-<32 hex digits>.part}, in the same folder. Plain ASCII
 * and short, since a final name of 255 bytes leaves no room for a suffix. On a server, the first 8 digits are of the
 * final name, and nobody can guess the others: a link that waits under a known name would be written through. In a
 * cluster, the next 8 digits are those of the node that writes it.
 */
public final class TemporaryName {

    /** The lock of a shared root, which is as hidden and as short-lived. */
    public static final String LOCK = ".offsite-lock";

    /** What a writer has while it removes a lock that another one left. */
    public static final String LOCK_TAKEOVER = ".offsite-lock-takeover";

    private static final Pattern OURS = Pattern.compile("\\.offsite-([0-9a-f]{32}\\.part|lock|lock-takeover)");

    private static final int BYTES = 16;
    private static final int OF_NAME = 4;
    private static final int OF_NODE = 4;
    /** Where the digits of the node begin. */
    private static final int NODE = ".offsite-".length() + 2 * OF_NAME;

    private TemporaryName() {}

    /** The temporary name for a name in a local folder; both are relative to the same folder. */
    public static String of(String name) {
        byte[] hash = HashingInputStream.sha256Digest().digest(name.getBytes(StandardCharsets.UTF_8));
        return of(name, hash);
    }

    /** Another one at each call. */
    public static String random(String name) {
        return random(name, "");
    }

    /** The same on that node of a cluster, which has 8 hex digits; "" is a single machine. */
    public static String random(String name, String node) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return of(name, random, node);
    }

    /** {@code last} decides the digits that are not of the name. */
    static String of(String name, byte[] last) {
        byte[] hash = HashingInputStream.sha256Digest().digest(name.getBytes(StandardCharsets.UTF_8));
        System.arraycopy(last, OF_NAME, hash, OF_NAME, BYTES - OF_NAME);
        String folder = name.substring(0, name.lastIndexOf('/') + 1);
        return folder + ".offsite-" + HexFormat.of().formatHex(hash, 0, BYTES) + ".part";
    }

    /** The same, made by that node of a cluster, which has 8 hex digits; "" is a single machine. */
    static String of(String name, byte[] last, String node) {
        if (node.isEmpty()) {
            return of(name, last);
        }
        byte[] all = last.clone();
        System.arraycopy(HexFormat.of().parseHex(node), 0, all, OF_NAME, OF_NODE);
        return of(name, all);
    }

    /** The digits of the node, if a node of a cluster has made it; {@code part} may have a folder. */
    public static String node(String part) {
        String own = part.substring(part.lastIndexOf('/') + 1);
        return matches(own) && own.length() >= NODE + 2 * OF_NODE ? own.substring(NODE, NODE + 2 * OF_NODE) : "";
    }

    /** Whether a file name (without folder) is one of these temporary names. */
    public static boolean matches(String fileName) {
        return OURS.matcher(fileName).matches();
    }
}
