package dev.offsite.cli;

import dev.offsite.cluster.Cluster;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.owner.AcceptedRecipients;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;

/**
 * Who can read the copies of a job.
 *
 * @param recipients the public keys that they are encrypted for; none if they are not encrypted
 * @param fault why they are not shipped like that, and what to do; empty if they are
 */
record Readers(Job job, List<String> recipients, Optional<String> fault) {

    static Readers of(Configuration configuration, Job job) {
        try (Cluster nodes = ConfiguredCluster.open(configuration)) {
            AcceptedRecipients accepted = new AcceptedRecipients(nodes.state());
            return new Readers(job, AcceptedRecipients.configured(job), fault(accepted, job));
        }
    }

    private static Optional<String> fault(AcceptedRecipients accepted, Job job) {
        try {
            return accepted.fault(job);
        } catch (StateException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Whether there is something to say to people. */
    boolean matter() {
        return !recipients.isEmpty() || fault.isPresent();
    }

    /** For people: keys in short. */
    String words() {
        String who = job.encryption()
                .map(how -> String.join(" or ", how.recipients().shortened()))
                .map("copies can be read with the key of %s only"::formatted)
                .orElse("copies are not encrypted");
        return fault.isPresent() ? who + "; NOT ACCEPTED" : who;
    }

    /** For programs. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.put("job", job.name());
        json.put("recipients", recipients);
        json.put("accepted", fault.isEmpty());
        return json;
    }
}
