package dev.offsite.doctor;

import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.sftp.login.HostKeys;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the doctor found out for one job.
 *
 * @param findings at least one for each check, in their order
 * @param verification how a ship would verify its copies, such as {@code hash}; empty if unknown
 * @param hostKeys for known_hosts, if the server's key is missing there or differs; compare with the server's before
 *     use
 * @param removal the command that removes the server's other keys from known_hosts, if there are any
 * @param suggestions what to write into the configuration
 */
public record Report(
        Job job,
        List<Finding> findings,
        String verification,
        List<HostKeys.Key> hostKeys,
        Optional<String> removal,
        List<Suggestion> suggestions) {

    /** A better value for one of a target's settings, with its benefit or cost. */
    public record Suggestion(Setting setting, String value, String reason) {}

    /** The worst of all findings. */
    public Result result() {
        return Stream.of(Result.FAIL, Result.WARN)
                .filter(result -> findings.stream().anyMatch(finding -> finding.result() == result))
                .findFirst()
                .orElse(Result.OK);
    }

    public boolean failed(Check.Side side) {
        return findings.stream()
                .anyMatch(finding ->
                        finding.result() == Result.FAIL && finding.check().side() == side);
    }
}
