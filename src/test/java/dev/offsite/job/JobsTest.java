package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.component.OffsiteComponent;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.retention.Rule;
import dev.offsite.retention.Within;
import dev.offsite.support.Routes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Read back from the routes, as they are made from properties alone. */
class JobsTest {

    @TempDir
    private Path folder;

    private final Properties properties = new Properties();
    private final Main main = new Main();

    @BeforeEach
    void configuration() {
        set("offsite.serve", "false");
        set("offsite.state", folder.resolve("state").toString());
        set("offsite.host", "nas");
        set("offsite.user", "me");
        set("offsite.key", "/keys/id");
        set("offsite.known-hosts", "/etc/known_hosts");
        set("camel.routeTemplate[db].templateId", "ship");
        set("camel.routeTemplate[db].source", "/var/backups/db");
        set("camel.routeTemplate[db].root", "/srv/db");
    }

    @AfterEach
    void stop() {
        main.stop();
    }

    private void set(String key, String value) {
        properties.setProperty(key, value);
    }

    private Jobs start() {
        Routes.configure(main, properties);
        main.start();
        return main.getCamelContext()
                .getRegistry()
                .findSingleByType(OffsiteComponent.class)
                .services()
                .jobs();
    }

    /** Invariant 5, also where no command has checked the configuration. */
    @Test
    void aRootThatLeadsElsewhereIsNoJob() {
        Jobs jobs = start();
        for (String root : new String[] {"/", "srv/db", "/srv/db/", "/srv/../etc", "/srv//db", "/srv/."}) {
            Job job = jobs.get("db");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Job(
                            job.name(),
                            job.source(),
                            root,
                            job.ready(),
                            job.doneFile(),
                            job.after(),
                            job.moveTo(),
                            job.datedBy(),
                            job.folders(),
                            job.zone(),
                            job.retention(),
                            job.pruning(),
                            job.shared(),
                            job.parallel(),
                            job.byLink(),
                            job.limit(),
                            job.maxAge(),
                            Optional.empty(),
                            job.target()))
                    .withMessageContaining("the root of job db");
        }
    }

    /** Where no command has checked the configuration: an old key must not be ignored in silence. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "offsite.proof",
                "offsite.proof.command",
                "offsite.proofCommand",
                "camel.routeTemplate[db].proof",
                "camel.routeTemplate[db].proof.command",
                "camel.routeTemplate[db].proof-command"
            })
    void aKeyOfAnEarlierVersionIsRefused(String key) {
        set(key, "size");
        Jobs jobs = start();

        assertThatIllegalArgumentException()
                .isThrownBy(jobs::all)
                .withMessageContaining("proof")
                .withMessageContaining(
                        key.toLowerCase(java.util.Locale.ROOT).contains("command")
                                ? "verify.command (auto, sha256sum"
                                : "verify (hash, readback or size)");
    }

    @Test
    void aValueOfAnEarlierVersionIsRefused() {
        set("offsite.verify", "sha256sum");
        Jobs jobs = start();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> jobs.get("db"))
                .withMessage("'sha256sum' must be one of hash, readback, size; sha256sum is now called hash");
    }

    @Test
    void onlyTheRulesThatAreGivenCount() {
        set("camel.routeTemplate[db].keep-weekly", "4");
        set("camel.routeTemplate[db].keepWithin", "1y6m");
        set("camel.routeTemplate[all].templateId", "ship");
        set("camel.routeTemplate[all].source", "/var/backups/all");
        set("camel.routeTemplate[all].root", "/srv/all");
        set("camel.routeTemplate[all].keep", "7");
        set("camel.routeTemplate[all].keep-monthly", "all");
        Jobs jobs = start();

        assertThat(jobs.get("db").retention())
                .isEqualTo(new RetentionPolicy(Map.of(Rule.WEEKLY, 4), Optional.of(Within.parse("1y6m"))));
        assertThat(jobs.get("all").retention())
                .isEqualTo(new RetentionPolicy(
                        Map.of(Rule.NEWEST, 7, Rule.MONTHLY, RetentionPolicy.UNLIMITED), Optional.empty()));
    }

    @Test
    void aJobHasTheDefaultsOfItsTemplate() {
        assertThat(start().all())
                .containsExactly(new Job(
                        "db",
                        Path.of("/var/backups/db"),
                        "/srv/db",
                        Duration.ofSeconds(10),
                        null,
                        AfterCommitAction.KEEP,
                        null,
                        DatedBy.RUN,
                        DatedFolder.BASIC,
                        ZoneId.systemDefault(),
                        new RetentionPolicy(7),
                        PruneSettings.DEFAULT,
                        false,
                        8,
                        true,
                        BandwidthLimit.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        new Target(
                                "nas",
                                22,
                                "me",
                                Path.of("/keys/id"),
                                null,
                                null,
                                Path.of("/etc/known_hosts"),
                                VerificationMethod.READBACK,
                                SshPath.SAME,
                                HashProgram.AUTO,
                                null,
                                Modes.KEEP)));
    }

    @Test
    void whatIsSaidOnAJobWins() {
        set("camel.routeTemplate[db].host", "other");
        set("camel.routeTemplate[db].port", "2222");
        set("camel.routeTemplate[db].user", "you");
        set("camel.routeTemplate[db].key", "/keys/other");
        set("camel.routeTemplate[db].password", "hunter2");
        set("camel.routeTemplate[db].known-hosts", "/other");
        set("camel.routeTemplate[db].ready", "5m");
        set("camel.routeTemplate[db].parallel", "2");
        set("camel.routeTemplate[db].keep", "3");

        Job job = start().get("db");

        assertThat(job.target())
                .usingRecursiveComparison()
                .isEqualTo(new Target(
                        "other",
                        2222,
                        "you",
                        Path.of("/keys/other"),
                        null,
                        "hunter2",
                        Path.of("/other"),
                        VerificationMethod.READBACK,
                        SshPath.SAME,
                        HashProgram.AUTO,
                        null,
                        Modes.KEEP));
        assertThat(job.ready()).isEqualTo(Duration.ofMinutes(5));
        assertThat(job.parallel()).isEqualTo(2);
        assertThat(job.retention()).isEqualTo(new RetentionPolicy(3));
    }

    @Test
    void allOfTheTargetMayBeSaidOnTheJobAlone() throws IOException {
        for (String key : new String[] {"host", "user", "key", "known-hosts"}) {
            set(
                    "camel.routeTemplate[db]." + key,
                    properties.remove("offsite." + key).toString());
        }
        Path file = Files.writeString(folder.resolve("secret"), "hunter2");
        set("camel.routeTemplate[db].password-file", file.toString());
        set("camel.routeTemplate[db].passphrase-file", file.toString());

        assertThat(start().get("db").target())
                .usingRecursiveComparison()
                .isEqualTo(new Target(
                        "nas",
                        22,
                        "me",
                        Path.of("/keys/id"),
                        "hunter2",
                        "hunter2",
                        Path.of("/etc/known_hosts"),
                        VerificationMethod.READBACK,
                        SshPath.SAME,
                        HashProgram.AUTO,
                        null,
                        Modes.KEEP));
    }

    @Test
    void keepMayBeAll() {
        set("camel.routeTemplate[db].keep", "all");

        assertThat(start().get("db").retention()).isEqualTo(RetentionPolicy.KEEP_ALL);
    }

    @Test
    void secretsComeFromTheFirstLineOfAFile() throws IOException {
        set(
                "offsite.password-file",
                Files.writeString(folder.resolve("password"), "hunter2\nnotes\n")
                        .toString());
        set(
                "offsite.passphrase-file",
                Files.writeString(folder.resolve("passphrase"), "swordfish").toString());

        Target target = start().get("db").target();

        assertThat(target.password()).isEqualTo("hunter2");
        assertThat(target.passphrase()).isEqualTo("swordfish");
        assertThat(target).asString().isEqualTo("me@nas:22");
    }

    @Test
    void onlyRoutesOfTheTemplateAreJobs() {
        set("camel.routeTemplate[web].template-id", "ship");
        set("camel.routeTemplate[web].source", "/var/www");
        set("camel.routeTemplate[web].root", "/srv/web");

        Jobs jobs = start();

        assertThat(jobs.names()).containsExactlyInAnyOrder("db", "web");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jobs.get("offsite-put"))
                .withMessageStartingWith("There is no job 'offsite-put'; the configuration has [");
    }

    @Test
    void aJobSaysWhereItsCopiesGo() {
        Job job = start().get("db");

        assertThat(job.folder(LocalDate.of(2026, 1, 31))).isEqualTo("/srv/db/20260131");
        assertThat(job.destination()).isEqualTo("nas:22/srv/db");
    }
}
