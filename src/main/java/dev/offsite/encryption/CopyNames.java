package dev.offsite.encryption;

import dev.offsite.job.Job;
import dev.offsite.manifest.PartNames;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names of copies below their dated folder. */
public record CopyNames(PartNames secret) {

    /** What the name of each encrypted copy ends with. */
    public static final String ENDING = ".age";

    private static final Pattern HIDDEN = Pattern.compile("[0-9a-f]{32}\\.age");

    /** Bytes that a name may have on nearly all file systems. */
    private static final int LONGEST = 255;

    /** Why no copy can have this name, in one line; empty if it can. */
    public static Optional<String> fault(String copy) {
        int bytes = copy.substring(copy.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8).length;
        return copy.endsWith(ENDING) && bytes > LONGEST && bytes - ENDING.length() <= LONGEST
                ? Optional.of(
                        "with %s, its name has %d bytes, and %d are possible; rename it, or set encrypt-names=true"
                                .formatted(ENDING, bytes, LONGEST))
                : Optional.empty();
    }

    /** Whether a copy of this name may stand for a file whose name is hidden. */
    public static boolean isHidden(String copy) {
        return HIDDEN.matcher(copy).matches();
    }

    /** The name of the copy of a file; the same for the same file in the same dated folder. */
    public String of(Job job, String folder, String name) {
        return job.encryption()
                .map(how -> (how.names() ? secret.hidden(folder, name) : name) + ENDING)
                .orElse(name);
    }
}
