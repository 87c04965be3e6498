package dev.offsite.owner;

import dev.offsite.age.AgeRecipients;
import dev.offsite.age.Encryption;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.job.Job;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may read the copies of each job, as a person has accepted it: {@code <state>/<job>.recipients}, a line for each. A
 * changed configuration alone changes nothing, so that copies are never sent in plain, or for somebody else, in silence.
 */
public record AcceptedRecipients(StateStore state) {

    private StateFile file(Job job) {
        return StateFile.of(state, job.name(), "recipients");
    }

    /** Who may read them; empty if the job never encrypted. */
    public Optional<List<String>> of(Job job) {
        return file(job).read();
    }

    /** Who could read them as it is configured now; nobody if they are not encrypted. */
    public static List<String> configured(Job job) {
        return job.encryption()
                .map(Encryption::recipients)
                .map(AgeRecipients::keys)
                .orElse(List.of());
    }

    /** Why the job may not ship now, and what to do; empty if it may. */
    public Optional<String> fault(Job job) {
        List<String> now = configured(job);
        return of(job).filter(accepted -> !accepted.equals(now)).map(accepted -> {
            String what = now.isEmpty()
                    ? "its copies were encrypted, and encrypt-to is not set any more"
                    : "encrypt-to has changed: "
                            + Stream.of(difference("no longer", accepted, now), difference("now", now, accepted))
                                    .filter(part -> !part.isEmpty())
                                    .collect(Collectors.joining(", and "));
            return "nothing is shipped, %s; if that is right: offsite accept-recipients %s".formatted(what, job.name());
        });
    }

    private static String difference(String since, List<String> of, List<String> without) {
        Set<String> rest = new TreeSet<>(of);
        without.forEach(rest::remove);
        return rest.isEmpty() ? "" : "it %s names %s".formatted(since, String.join(", ", rest));
    }

    /**
     * Checks that the job may ship, and remembers the recipients of its first run.
     *
     * @throws RootException if it may not
     */
    public void check(Job job) throws RootException {
        Optional<String> fault = fault(job);
        if (fault.isPresent()) {
            throw new RootException(fault.get());
        }
        if (job.encryption().isPresent() && of(job).isEmpty()) {
            accept(job);
        }
    }

    /** From now on, the job may ship as it is configured. */
    public void accept(Job job) {
        file(job).write(configured(job));
    }
}
