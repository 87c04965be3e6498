package dev.offsite.doctor;

import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.transfer.Connections;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out what a job's target can do, and what is wrong with it: before the first backup, or when something no longer
 * works. What it tries, it tries in a folder of its own below the job's root, and removes it again.
 */
public final class Doctor implements AutoCloseable {

    private final Connections connections;
    private final Clock clock;
    private final Stop stop;
    private final Map<Target, Contact> contacts = new HashMap<>();

    /**
     * @param clock ours, which the server's is compared with
     * @param stop ends a checkup early
     */
    public Doctor(Connections connections, Clock clock, Stop stop) {
        this.connections = connections;
        this.clock = clock;
        this.stop = stop;
    }

    /**
     * Looks at one job. The way in is tried once for all jobs that have the same target.
     *
     * @param missing what the configuration names and is not there as it should be: the key to the reason
     * @param prunes whether the job ever removes what it has shipped
     * @throws java.util.concurrent.CancellationException if it was stopped; all is cleaned up then
     */
    public Report examine(Job job, Map<Setting, String> missing, boolean prunes) {
        Findings findings = new Findings();
        configuration(missing, findings);
        Contact contact = contacts.computeIfAbsent(job.target(), target -> {
            Contact made = new Contact(connections.to(target), stop);
            made.make(job, !missing.containsKey(Setting.KEY));
            return made;
        });
        findings.addAll(contact.findings());
        HashLadder ladder = new HashLadder(job, contact, findings);
        if (findings.went(Check.SFTP)) {
            examine(job, contact, ladder, findings, prunes);
        }
        return new Report(
                job,
                findings.complete(),
                ladder.proof(),
                contact.keyLines(),
                contact.fingerprints(),
                contact.removal(),
                List.copyOf(ladder.suggestions()));
    }

    private static void configuration(Map<Setting, String> missing, Findings findings) {
        missing.forEach((setting, problem) ->
                findings.add(Check.CONFIGURATION, setting.key(), Result.FAIL, setting.key() + ": " + problem));
        if (missing.isEmpty()) {
            findings.add(Check.CONFIGURATION, Result.OK, "source, key and known_hosts are there");
        }
    }

    private void examine(Job job, Contact contact, HashLadder ladder, Findings findings, boolean prunes) {
        Steps steps = new Steps(job, contact.connection().sessions(), stop, findings);
        ProbeFolder folder = new ProbeFolder(steps.sessions(), job.root());
        try (folder) {
            Ground ground = new Ground(steps, folder, prunes);
            Optional<Probe> probe = ground.take();
            probe.map(written -> new Usage(steps, folder, clock).of(written)).ifPresent(ladder::climb);
            ground.leave();
        }
        folder.left()
                .ifPresent(left -> findings.add(
                        Check.REMOVE_FOLDER,
                        Result.WARN,
                        "LEFT BEHIND, since it could not be removed: %s".formatted(left)));
    }

    /** Logs out. */
    @Override
    public void close() {
        contacts.values().forEach(Contact::close);
    }
}
