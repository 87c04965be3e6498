package dev.offsite.metrics;

import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * The health of one job, as it was last found. It counts for the health as a whole, but neither for liveness nor for
 * readiness: a restart heals no job, and a service that is taken off the network tells nobody.
 */
public final class JobHealthCheck extends AbstractHealthCheck {

    private final String job;
    private final Supplier<Optional<JobReport>> last;

    /** @param last the job's last report; empty if there is none yet */
    public JobHealthCheck(String job, Supplier<Optional<JobReport>> last) {
        super("offsite", "offsite-" + job);
        this.job = job;
        this.last = last;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail(CHECK_KIND, Kind.ALL);
        builder.detail("job", job);
        Optional<JobReport> report = last.get();
        if (report.isEmpty()) {
            builder.unknown();
            return;
        }
        List<Trouble> troubles = report.get().troubles();
        report.get().verifiedAt().ifPresent(at -> builder.detail("verified", at.toString()));
        troubles.forEach(trouble -> {
            builder.detail(trouble.key(), text(report.get().job(), trouble));
            builder.detail(trouble.key() + " since", trouble.since().toString());
        });
        if (troubles.isEmpty()) {
            builder.up();
        } else {
            builder.down();
            builder.message(troubles.stream()
                    .map(trouble -> "%s (since %s): %s"
                            .formatted(
                                    trouble.kind().word(),
                                    trouble.since(),
                                    text(report.get().job(), trouble)))
                    .collect(Collectors.joining("; ")));
        }
    }

    /** Where the private keys are is nobody's business who can only ask for the health. */
    private static String text(Job job, Trouble trouble) {
        Target target = job.target();
        return Stream.of(
                        target.key(),
                        target.verifyLogin() == null
                                ? null
                                : target.verifyLogin().key())
                .filter(Objects::nonNull)
                .map(Path::toString)
                .reduce(trouble.text(), (text, key) -> text.replace(key, "(its file)"));
    }
}
