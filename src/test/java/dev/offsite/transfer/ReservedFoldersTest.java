package dev.offsite.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.Job;
import dev.offsite.support.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservedFoldersTest {
    private static final List<Job> JOBS = List.of(Fixtures.job("db", "/srv/db"), Fixtures.job("web", "/srv/web"));

    @ParameterizedTest
    @CsvSource({
        "/srv/db/20260131, db",
        "/srv/db/20260131/x/y, db",
        "/srv/web/.trash, web",
        "/srv/web/.trash/20260131/x, web",
        "/srv/db, none",
        "/srv/db/x, none",
        "/srv/db/20260132/x, none",
        "/srv/db/x/20260131, none",
        "/srv/db2/20260131, none",
        "/srv/20260131, none",
        "/, none"
    })
    void belongToAJob(String path, String owner) {
        assertThat(ReservedFolders.owner(JOBS, Fixtures.target(22), path)
                        .map(Job::name)
                        .orElse("none"))
                .isEqualTo(owner);
    }

    @Test
    void areThoseOfTheSameServerOnly() {
        assertThat(ReservedFolders.owner(JOBS, Fixtures.target(2222), "/srv/db/20260131"))
                .isEmpty();
    }
}
