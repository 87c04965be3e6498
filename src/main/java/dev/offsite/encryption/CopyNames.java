package dev.offsite.encryption;

import dev.offsite.job.Job;
import dev.offsite.manifest.PartNames;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The names of copies below their dated folder. */
public record CopyNames(PartNames secret) {

    /** What the name of each encrypted copy ends with. */
    public static final String ENDING = ".age";

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

    /** The name of the copy of a file; the same for the same file in the same dated folder. */
    public String of(Job job, String folder, String name) {
        return job.encryption()
                .map(how -> (how.names() ? secret.hidden(folder, name) : name) + ENDING)
                .orElse(name);
    }
}
