package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.HttpReceiver;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.component.log.LogComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution has what mail, HTTP and programs need, loads it only then, and takes further components. */
@Timeout(180)
class NotifyDistributionIT {

    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite offsite;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server).asProcess();
        Files.delete(offsite.source());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void itSendsMailAndPostsAndRuns() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try (HttpReceiver receiver = HttpReceiver.start()) {
            offsite.set(
                            "offsite.notify[a].to",
                            "smtp://127.0.0.1:%d?to=a@example.org"
                                    .formatted(mail.getSmtp().getPort()))
                    .set("offsite.notify[b].to", receiver.url("/x"))
                    .set("offsite.notify[c].to", "exec:tee?args=seen");

            Result result = offsite.run("ship");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.err()).doesNotContain("notify");
            assertThat(mail.getReceivedMessages()).hasSize(1);
            assertThat(mail.getReceivedMessages()[0].getFrom()[0].toString()).startsWith("offsite@");
            assertThat(receiver.requests()).hasSize(1);
            assertThat(folder.resolve("seen")).content().contains("ship failed");
        } finally {
            mail.stop();
        }
    }

    @Test
    void aComponentOfYourOwnGoesIntoLibExt() throws Exception {
        Path home = folder.resolve("offsite");
        Result copied = TestSite.tool(
                folder, "cp", "-r", Path.of("target/offsite").toAbsolutePath().toString(), home.toString());
        assertThat(copied.exit()).as("%s", copied).isZero();
        offsite.set("offsite.notify[log].to", "log:alerts?showHeaders=true");
        String[] ship = {
            home.resolve("bin/offsite").toString(),
            "ship",
            "-c",
            offsite.configuration().toString()
        };

        assertThat(TestSite.tool(folder, ship).err())
                .contains("there is no component for log: put the jar that has it into lib/ext, probably camel-log");

        Path jar = Path.of(LogComponent.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Files.createDirectories(home.resolve("lib/ext"));
        Files.copy(jar, home.resolve("lib/ext").resolve(jar.getFileName()));
        assertThat(TestSite.tool(folder, ship).err())
                .contains("INFO  Exchange[", "CamelOffsiteEvent=failed", "offsite: db: ship failed");
    }

    @Test
    void aRunWithoutNotificationsLoadsNoneOfIt() throws Exception {
        Path loaded = folder.resolve("loaded");
        Result result = offsite.env("OFFSITE_JAVA_OPTS", "-Xlog:class+load:file=" + loaded)
                .run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        List<String> classes = Files.readAllLines(loaded);
        assertThat(classes).hasSizeGreaterThan(1000);
        assertThat(classes)
                .noneMatch(line -> line.contains("jakarta.mail")
                        || line.contains("org.apache.hc.")
                        || line.contains("org.apache.camel.component.http")
                        || line.contains("org.apache.camel.component.mail")
                        || line.contains("org.apache.camel.component.exec")
                        || line.contains("HttpURLConnection")
                        || line.contains("dev.offsite.notify.EndpointSender")
                        || line.contains("dev.offsite.notify.MessageWriter")
                        || line.contains("dev.offsite.notify.ReceiverParser"));
    }
}
