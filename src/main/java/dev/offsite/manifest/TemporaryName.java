package dev.offsite.manifest;

import dev.offsite.io.HashingInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The hidden name of a copy until it is verified: {@code .offsite-<hash of its name>.part}, in the same folder. Plain
 * ASCII and short, since a final name of 255 bytes leaves no room for a suffix; always the same, so that a new attempt
 * replaces what an earlier one left.
 */
public final class TemporaryName {

    /** The lock of a shared root, which is as hidden and as short-lived. */
    public static final String LOCK = ".offsite-lock";

    /** What a writer has while it removes a lock that another one left. */
    public static final String LOCK_TAKEOVER = ".offsite-lock-takeover";

    private static final Pattern OURS = Pattern.compile("\\.offsite-([0-9a-f]{32}\\.part|lock|lock-takeover)");

    private TemporaryName() {}

    /** The temporary name for a name; both are relative to the dated folder. */
    public static String of(String name) {
        byte[] hash = HashingInputStream.sha256Digest().digest(name.getBytes(StandardCharsets.UTF_8));
        String folder = name.substring(0, name.lastIndexOf('/') + 1);
        return folder + ".offsite-" + HexFormat.of().formatHex(hash, 0, 16) + ".part";
    }

    /** Whether a file name (without folder) is one of these temporary names. */
    public static boolean matches(String fileName) {
        return OURS.matcher(fileName).matches();
    }
}
