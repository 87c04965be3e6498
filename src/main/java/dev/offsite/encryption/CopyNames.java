package dev.offsite.encryption;

import dev.offsite.job.Job;
import dev.offsite.manifest.PartNames;

/** The names of copies below their dated folder. */
public record CopyNames(PartNames secret) {

    /** What the name of each encrypted copy ends with. */
    public static final String ENDING = ".age";

    /** The name of the copy of a file; the same for the same file in the same dated folder. */
    public String of(Job job, String folder, String name) {
        return job.encryption()
                .map(how -> (how.names() ? secret.hidden(folder, name) : name) + ENDING)
                .orElse(name);
    }
}
