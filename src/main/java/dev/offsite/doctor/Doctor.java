package dev.offsite.doctor;

import dev.offsite.doctor.CheckRunner.Outcome;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.owner.RootOwners;
import dev.offsite.sftp.TargetConnections;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out what a job's target can do and what is wrong with it, before the first backup or when something stops
 * working. It experiments in a folder of its own below the job's root and removes it again.
 */
public final class Doctor implements AutoCloseable {

    private final TargetConnections connections;
    private final RootOwners owners;
    private final Clock clock;
    private final Cancellation stop;
    private final Map<Target, LoginCheck> contacts = new HashMap<>();

    public Doctor(TargetConnections connections, RootOwners owners, Clock clock, Cancellation stop) {
        this.connections = connections;
        this.owners = owners;
        this.clock = clock;
        this.stop = stop;
    }

    /**
     * Checks one job. The login is checked only once for all jobs with the same target.
     *
     * @param missing the configured files and folders that are missing or unusable: setting to reason
     * @throws java.util.concurrent.CancellationException if it was stopped; everything is cleaned up then
     */
    public Report examine(Job job, Map<Setting, String> missing) {
        Findings findings = new Findings();
        configuration(missing, findings);
        LoginCheck contact = contacts.computeIfAbsent(
                job.target(),
                target -> LoginCheck.of(job, connections.to(target), stop, !missing.containsKey(Setting.KEY)));
        findings.addAll(contact.findings());
        HashingCheck hashing = new HashingCheck(job, contact, findings);
        if (findings.went(Check.SFTP)) {
            examine(new CheckRunner(job, contact.connection().sessions(), stop, findings), contact, hashing);
        }
        return new Report(
                job,
                findings.complete(),
                hashing.verification(),
                contact.hostKeys(),
                contact.removal(),
                List.copyOf(hashing.suggestions()));
    }

    private static void configuration(Map<Setting, String> missing, Findings findings) {
        missing.forEach((setting, problem) ->
                findings.add(Check.CONFIGURATION, setting.key(), Outcome.fail(setting.key() + ": " + problem)));
        if (missing.isEmpty()) {
            findings.add(Check.CONFIGURATION, Outcome.ok("source, key and known_hosts are there"));
        }
    }

    private void examine(CheckRunner steps, LoginCheck contact, HashingCheck hashing) {
        ProbeFolder folder = new ProbeFolder(steps);
        try (folder) {
            RootCheck root = new RootCheck(steps, folder, owners);
            root.take()
                    .map(new FileOperationsCheck(steps, contact.connection(), folder, clock)::of)
                    .ifPresent(hashing::take);
            root.leave();
        }
        folder.left()
                .map(left -> Outcome.warn("LEFT BEHIND, since it could not be removed: " + left))
                .ifPresent(outcome -> steps.findings().add(Check.REMOVE_FOLDER, outcome));
    }

    @Override
    public void close() {
        contacts.values().forEach(LoginCheck::close);
    }
}
