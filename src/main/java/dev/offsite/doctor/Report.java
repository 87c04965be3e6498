package dev.offsite.doctor;

import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import java.util.List;
import java.util.Optional;

/**
 * What was found out for one job.
 *
 * @param job the job
 * @param findings at least one for each check, in their order
 * @param verification how a ship would verify its copies, such as {@code hash}; empty if this is not known
 * @param hostKeys lines for known_hosts, where it has none for the server or another; to be compared with the server's first
 * @param fingerprints those of these keys, as {@code ssh-keygen -l} writes them
 * @param removal the command that takes other keys of the server out of known_hosts, where it has some
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

    /**
     * A value that would be better.
     *
     * @param setting the key, a target's
     * @param value its value
     * @param reason what it is good for, or what it costs
     */
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

    /** Whether a check of that side failed. */
    public boolean failed(Check.Side side) {
        return findings.stream()
                .anyMatch(finding ->
                        finding.result() == Result.FAIL && finding.check().side() == side);
    }
}
