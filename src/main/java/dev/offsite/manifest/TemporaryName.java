package dev.offsite.manifest;

import dev.offsite.io.HashingInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The hidden name that a copy has until it is verified: {@code .offsite-<hash of its name>.part} in the folder of its
 * final name. Plain ASCII and short whatever the final name is (255 bytes would leave no room for a suffix), and the
 * same each time, so that another attempt replaces what an earlier one left.
 */
public final class TemporaryName {

    private static final Pattern OURS = Pattern.compile("\\.offsite-[0-9a-f]{32}\\.part");

    private TemporaryName() {}

    /** For a name relative to the dated folder, the temporary name relative to it. */
    public static String of(String name) {
        byte[] hash = HashingInputStream.sha256Digest().digest(name.getBytes(StandardCharsets.UTF_8));
        String folder = name.substring(0, name.lastIndexOf('/') + 1);
        return folder + ".offsite-" + HexFormat.of().formatHex(hash, 0, 16) + ".part";
    }

    /** Whether a file name (without folder) is one of ours. */
    public static boolean matches(String fileName) {
        return OURS.matcher(fileName).matches();
    }
}
