package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that make no routes must speak of the same jobs as those that do. */
class ConfiguredJobsTest {

    @TempDir
    Path folder;

    private Configuration configuration(String more) throws IOException {
        Path key = folder.resolve("key");
        Files.writeString(key, "not read");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.createDirectories(folder.resolve("plain"));
        Files.createDirectories(folder.resolve("rich"));
        Files.writeString(folder.resolve("known_hosts"), "");
        Path file = folder.resolve("application.properties");
        Files.writeString(
                file,
                """
                offsite.host=backup.example.org
                offsite.user=offsite
                offsite.key=key
                offsite.known-hosts=known_hosts
                offsite.ssh-config=none
                offsite.limit=9MiB/s
                offsite.max-age=26h
                camel.routeTemplate[plain].templateId=ship
                camel.routeTemplate[plain].source=plain
                camel.routeTemplate[plain].root=/srv/plain
                camel.routeTemplate[rich].templateId=ship
                camel.routeTemplate[rich].source=rich
                camel.routeTemplate[rich].root=/srv/rich
                """
                        + more);
        return Configuration.load(file);
    }

    private static void areTheSame(Configuration configuration) {
        ConfiguredJobs jobs = new ConfiguredJobs(configuration);
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            assertThat(jobs.all())
                    .containsExactlyInAnyOrderElementsOf(
                            routes.services().jobs().all());
            for (String name : jobs.names()) {
                assertThat(next(jobs, name)).isEqualTo(next(routes.services().jobs(), name));
                assertThat(jobs.drillCommand(name))
                        .isEqualTo(routes.services().jobs().drillCommand(name));
            }
        }
    }

    private static Optional<Instant> next(Jobs jobs, String name) {
        return jobs.schedule(name).flatMap(times -> times.next(Instant.EPOCH));
    }

    @Test
    void withDefaults() throws IOException {
        areTheSame(configuration(""));
    }

    @Test
    void withSettingsOfTheirOwn() throws IOException {
        areTheSame(
                configuration(
                        """
                camel.routeTemplate[rich].limit=1MiB/s
                camel.routeTemplate[rich].max-age=8d
                camel.routeTemplate[rich].port=2222
                camel.routeTemplate[rich].keep-weekly=4
                camel.routeTemplate[rich].keepWithin=1y
                camel.routeTemplate[rich].zone=Europe/Berlin
                camel.routeTemplate[rich].schedule=0 30 2 * * ?
                camel.routeTemplate[rich].drill-command=true
                camel.routeTemplate[rich].parallel=3
                camel.routeTemplate[rich].after=move
                camel.routeTemplate[rich].move-to=moved
                camel.routeTemplate[rich].shared=true
                camel.routeTemplate[rich].trash=12h
                camel.routeTemplate[rich].plausible=0
                camel.routeTemplate[rich].folder-format=yyyy-MM-dd
                camel.routeTemplate[rich].dated-by=file
                camel.routeTemplate[rich].ready={{env:NO_SUCH_VARIABLE:3m}}
                camel.routeTemplate[rich].verify.user=hasher
                camel.routeTemplate[plain].keep=all
                """));
    }
}
