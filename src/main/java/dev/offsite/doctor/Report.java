package dev.offsite.doctor;

import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import java.util.List;
import java.util.Optional;

/**
 * What the doctor found out for one job.
 *
 * @param findings at least one for each check, in their order
 * @param verification how a ship would verify its copies, such as {@code hash}; empty if unknown
 * @param hostKeys lines for known_hosts, if the server's key is missing there or differs; compare with the server's
 *     before use
 * @param fingerprints of these keys, as {@code ssh-keygen -l} writes them
 * @param removal the command that removes the server's other keys from known_hosts, if there are any
 * @param suggestions what to write into the configuration
 */
public record Report(
        Job job,
        List<Finding> findings,
        String verification,
        List<String> hostKeys,
        List<String> fingerprints,
        Optional<String> removal,
        List<Suggestion> suggestions) {

    /** A better value for one of a target's settings, with its benefit or cost. */
    public record Suggestion(Setting setting, String value, String reason) {}

    /** The worst of all findings. */
    public Result result() {
        for (Result result : List.of(Result.FAIL, Result.WARN)) {
            if (findings.stream().anyMatch(finding -> finding.result() == result)) {
                return result;
            }
        }
        return Result.OK;
    }

    public boolean failed(Check.Side side) {
        return findings.stream()
                .anyMatch(finding ->
                        finding.result() == Result.FAIL && finding.check().side() == side);
    }
}
