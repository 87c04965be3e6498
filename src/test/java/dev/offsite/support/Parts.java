package dev.offsite.support;

import dev.offsite.manifest.TemporaryName;
import java.nio.file.Path;

/** Which temporary files on a server belong to which copies. */
public final class Parts {
    /** {@code .offsite-} and the digits that are of the final name. */
    private static final int OF_NAME = 17;

    private Parts() {}

    /** The start of a copy's temporary name, without its folder. */
    public static String start(String name) {
        String temporary = TemporaryName.of(name);
        String file = temporary.substring(temporary.lastIndexOf('/') + 1);
        return file.substring(0, OF_NAME);
    }

    /** Whether a file is the unfinished copy of that name below the dated folder. */
    public static boolean isOf(Path file, String name) {
        String own = file.getFileName().toString();
        return own.startsWith(start(name)) && TemporaryName.matches(own);
    }
}
