package dev.offsite.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import java.util.Optional;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class JobHealthCheckTest {

    private static HealthCheck.Result call(JobReport report) {
        JobHealthCheck check = new JobHealthCheck("db", () -> Optional.ofNullable(report));
        check.setCamelContext(new DefaultCamelContext());
        return check.call();
    }

    @Test
    void isUpWithoutTrouble() {
        HealthCheck.Result result = call(Reports.full("db"));

        assertThat(result.getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(result.getCheck().getId()).isEqualTo("offsite-db");
        assertThat(result.getDetails()).containsEntry("verified", "2026-01-31T02:29:00Z");
    }

    @Test
    void isUnknownBeforeTheFirstReport() {
        assertThat(call(null).getState()).isEqualTo(HealthCheck.State.UNKNOWN);
    }

    @Test
    void saysWhatIsWrongAndSinceWhen() {
        HealthCheck.Result result = call(Reports.full("db", Reports.trouble(Trouble.Kind.STALE, "too old")));

        assertThat(result.getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(result.getMessage()).contains("stale (since 2026-01-31T02:30:00Z): too old");
        assertThat(result.getDetails())
                .containsEntry("stale", "too old")
                .containsEntry("stale since", "2026-01-31T02:30:00Z");
    }

    @Test
    void doesNotSayWhereTheKeyIs() {
        String key = Reports.full("db").job().target().key().toString();
        HealthCheck.Result result =
                call(Reports.full("db", Reports.trouble(Trouble.Kind.FAILED, "the key " + key + " is refused")));

        assertThat(result.getMessage()).contains("failed (since 2026-01-31T02:30:00Z): the key (its file) is refused");
        assertThat(result.getDetails().values().toString()).doesNotContain(key);
    }

    @Test
    void countsNeitherForLivenessNorForReadiness() {
        JobHealthCheck check = new JobHealthCheck("db", Optional::empty);

        assertThat(check.isLiveness() || check.isReadiness()).isFalse();
    }
}
