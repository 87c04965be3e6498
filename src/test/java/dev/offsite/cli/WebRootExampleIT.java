package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/web-root}, with a second server that really refuses to delete. */
@Timeout(300)
@RequiresSshd
class WebRootExampleIT {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Example EXAMPLE = new Example("web-root");
    private static final int OLD_FOLDERS = 12;

    @TempDir
    Path folder;

    private OpenSshServer first;
    private OpenSshServer second;
    private TestSite site;
    private Path www;
    private Path backup;
    private Path vault;

    @BeforeEach
    void start() throws IOException {
        first = OpenSshServer.start(folder.resolve("first"));
        second = OpenSshServer.start(folder.resolve("second"), sshdConfig());
        site = TestSite.of(folder, first);
        EXAMPLE.useJobs(site);
        www = Files.createDirectory(folder.resolve("www"));
        Files.writeString(www.resolve("index.html"), "<h1>Hello</h1>");
        backup = oldFolders(folder.toRealPath().resolve("backup/web"));
        vault = oldFolders(folder.toRealPath().resolve("vault/web"));
        for (String job : List.of("web", "vault")) {
            job(job, "source", site.source().toString());
        }
        job(
                "web",
                "before-command",
                EXAMPLE.properties()
                        .get("camel.routeTemplate[web].before-command")
                        .replace("/var/www", "'" + www + "'"));
        job("web", "host", first.host()).job("web", "root", backup.toString());
        job("vault", "host", second.host()).job("vault", "root", vault.toString());
        job("vault", "port", String.valueOf(second.port()));
        job("vault", "key", second.key().toString());
        job("vault", "known-hosts", second.knownHosts().toString());
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        TestSite.tool(folder, "sh", "-c", "chattr -R -f -i vault");
    }

    @Test
    void theServiceShipsTheArchiveToBothAndTheSecondDeletesNothing() throws IOException {
        assertThat(site.run("config").exit()).isZero();
        job("web", "schedule", "0/15 * * * * ?");
        job("vault", "poll", "500ms").job("vault", "ready", "2s");

        try (Running serving = site.start("serve")) {
            awaitArchive(serving, backup);
            awaitArchive(serving, vault);
            await().atMost(SOON).until(() -> Files.notExists(backup.resolve("20200102")));
            assertThat(serving.err()).doesNotContain(" WARN ", " ERROR ");
            serving.process().destroy();
            serving.end();
        }
        assertThat(vault.resolve("20200102")).as("nothing is pruned there").exists();
        assertThat(TestSite.tool(today(vault), "tar", "-xzOf", "site.tar.gz", "./index.html")
                        .out())
                .contains("Hello");

        String archive = today(vault).resolve("site.tar.gz").toString();
        Path planted = Files.createDirectory(vault.resolve("empty"));
        for (String harm : List.of("rm " + archive, "rmdir " + planted, "ln -s /etc " + vault + "/link")) {
            Result refused = sftp(harm);
            assertThat(refused.err()).as(harm).contains("Permission denied");
            assertThat(refused.exit()).as(harm).isNotZero();
        }
        assertThat(Path.of(archive)).exists();

        assertThat(site.run("status").out()).containsPattern("(?m)^web ").containsPattern("(?m)^vault ");
    }

    /** What the server's own lines cannot do: a rename, and a write over a file. */
    @Test
    void whatIsSealedStaysAsItIsAndLeavesThroughTheTrash() throws IOException {
        assertThat(site.run("ship", "web").exit()).isZero();
        TestSite.aged(site.source().resolve("site.tar.gz"), Duration.ofHours(1));
        assertThat(site.run("ship", "vault").exit()).isZero();
        Path archive = today(vault).resolve("site.tar.gz");
        byte[] good = Files.readAllBytes(archive);
        assertThat(ageProbes(archive.getParent())).as("what cannot be removed").isPositive();

        sealInDays(0);
        assertThat(sftp("rename %s %s.new".formatted(archive, archive)).exit())
                .as("today's folder is open")
                .isZero();
        assertThat(sftp("rename %s.new %s".formatted(archive, archive)).exit()).isZero();

        if (!canSeal()) {
            // Only root may make files immutable, and not in every container.
            assertThat(seal(1).exit()).as("it says so").isNotZero();
            return;
        }
        sealInDays(1);
        Path evil = Files.writeString(folder.resolve("evil"), "ransom");
        for (String harm : List.of(
                "put %s %s".formatted(evil, archive),
                "rename %s %s.new".formatted(archive, archive),
                "rename %s %s.new".formatted(archive.getParent(), archive.getParent()),
                "chmod 0000 " + archive,
                "put %s %s/more".formatted(evil, archive.getParent()))) {
            assertThat(sftp(harm).exit()).as(harm).isNotZero();
        }
        assertThat(archive).hasBinaryContent(good);
        assertWell("scrub", "vault");
        assertWell("restore", "vault", "--to", folder.resolve("restored").toString());
        assertThat(folder.resolve("restored/site.tar.gz")).hasBinaryContent(good);
        assertThat(vault.resolve("20200101")).doesNotExist();
        assertThat(vault.resolve(".trash/20200101")).exists();

        sealInDays(500);
        assertThat(vault.resolve(".trash").resolve(archive.getParent().getFileName()))
                .exists();
        assertWell("scrub", "vault");
    }

    private WebRootExampleIT job(String job, String key, String value) {
        site.set("camel.routeTemplate[%s].%s".formatted(job, key), value);
        return this;
    }

    /** As in the example, but for the user of this test. */
    private static String[] sshdConfig() throws IOException {
        return Files.readAllLines(EXAMPLE.file("sshd_config")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replace("Match User offsite", "Match User " + System.getProperty("user.name")))
                .toArray(String[]::new);
    }

    /** More than the first server is to keep. */
    private static Path oldFolders(Path root) throws IOException {
        for (int day = 1; day <= OLD_FOLDERS; day++) {
            Path dated = Files.createDirectories(root.resolve("202001%02d".formatted(day)));
            Files.createFile(dated.resolve(Manifest.NAME));
        }
        return root;
    }

    private void awaitArchive(Running serving, Path root) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(serving.process().isAlive()).as(serving.err()).isTrue();
            assertThat(today(root).resolve(Manifest.NAME))
                    .as(serving.err())
                    .content()
                    .contains("site.tar.gz");
        });
    }

    private Path today(Path root) {
        return root.resolve(site.dayBefore(0));
    }

    private void assertWell(String... command) {
        Result result = site.run(command);
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.complaints()).as("%s", result).isEmpty();
    }

    /** What somebody does who has the web server's key. */
    private Result sftp(String command) throws IOException {
        Path batch = Files.writeString(folder.resolve("batch"), command + "\n");
        return TestSite.tool(
                folder,
                "sftp",
                "-F",
                "none",
                "-b",
                batch.toString(),
                "-P",
                String.valueOf(second.port()),
                "-i",
                second.key().toString(),
                "-o",
                "UserKnownHostsFile=" + second.knownHosts(),
                second.user() + "@" + second.host());
    }

    private static int ageProbes(Path dated) throws IOException {
        List<String> probes = TestSite.filesIn(dated).stream()
                .filter(name -> name.endsWith(".part"))
                .toList();
        for (String probe : probes) {
            TestSite.aged(dated.resolve(probe), Duration.ofDays(2));
        }
        return probes.size();
    }

    private boolean canSeal() throws IOException {
        Path trial = Files.createFile(vault.resolve("trial"));
        boolean sealed =
                TestSite.tool(folder, "sh", "-c", "chattr +i '" + trial + "'").exit() == 0;
        TestSite.tool(folder, "sh", "-c", "chattr -i '" + trial + "'");
        Files.delete(trial);
        return sealed;
    }

    private void sealInDays(int days) throws IOException {
        Result sealed = seal(days);
        assertThat(sealed.exit()).as("%s", sealed).isZero();
    }

    /** Runs the script of the example on a day after that of the dated folder. */
    private Result seal(int days) throws IOException {
        Path date = Files.createDirectories(folder.resolve("bin")).resolve("date");
        String day = "$(TZ=%s /bin/date -d '%d days' +%%F)".formatted(TestSite.noonZone(), days);
        Files.writeString(
                date,
                """
                #!/bin/sh
                case $1 in
                    -d) exec /bin/date -d "%s - ${2%%%% *} days" "$3" ;;
                    *) exec /bin/date -d "%s" "$1" ;;
                esac
                """
                        .formatted(day, day));
        assertThat(date.toFile().setExecutable(true)).isTrue();
        String path = date.getParent() + ":" + System.getenv("PATH");
        return TestSite.tool(
                folder, "env", "PATH=" + path, "sh", EXAMPLE.file("seal").toString(), vault.toString(), "400");
    }
}
