package dev.offsite.manifest;

import dev.offsite.io.HashingInputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The hidden name of a copy until it is verified: {@code .offsite-<32 hex digits>.part}, in the same folder. Plain ASCII
 * and short, since a final name of 255 bytes leaves no room for a suffix. On a server, the first digits are of the
 * final name, and nobody can guess the others: a link that waits under a known name would be written through.
 */
public final class TemporaryName {

    /** The lock of a shared root, which is as hidden and as short-lived. */
    public static final String LOCK = ".offsite-lock";

    /** What a writer has while it removes a lock that another one left. */
    public static final String LOCK_TAKEOVER = ".offsite-lock-takeover";

    private static final Pattern OURS = Pattern.compile("\\.offsite-([0-9a-f]{32}\\.part|lock|lock-takeover)");

    private static final int BYTES = 16;
    private static final int OF_NAME = 4;

    private TemporaryName() {}

    /** The temporary name for a name in a local folder; both are relative to the same folder. */
    public static String of(String name) {
        byte[] hash = HashingInputStream.sha256Digest().digest(name.getBytes(StandardCharsets.UTF_8));
        return of(name, hash);
    }

    /** Another one at each call. */
    public static String random(String name) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return of(name, random);
    }

    /** {@code last} decides the digits that are not of the name. */
    static String of(String name, byte[] last) {
        byte[] hash = HashingInputStream.sha256Digest().digest(name.getBytes(StandardCharsets.UTF_8));
        System.arraycopy(last, OF_NAME, hash, OF_NAME, BYTES - OF_NAME);
        String folder = name.substring(0, name.lastIndexOf('/') + 1);
        return folder + ".offsite-" + HexFormat.of().formatHex(hash, 0, BYTES) + ".part";
    }

    /** Whether a file name (without folder) is one of these temporary names. */
    public static boolean matches(String fileName) {
        return OURS.matcher(fileName).matches();
    }
}
