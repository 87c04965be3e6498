package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.offsite.notify.Untold;
import dev.offsite.support.HttpReceiver;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is named in the configuration is told of a trouble, once, and that it is over; whatever their servers do. */
@RequiresSshd
@Timeout(180)
class NotifyIT {

    private static final String SECRET = "s3cret-Tulip(9){{x}}";

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite offsite;
    private HttpReceiver receiver;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server);
        receiver = HttpReceiver.start();
        offsite.backup("dump.sql", "a dump");
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    private void breakTheSource() throws IOException {
        Files.move(offsite.source(), folder.resolve("away"));
    }

    private void mendTheSource() throws IOException {
        Files.move(folder.resolve("away"), offsite.source());
    }

    private Path secretFile(String name, String secret) throws IOException {
        Path file = Files.writeString(folder.resolve(name), secret + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static GreenMail mailServer() {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.setUser("ops@example.org", "ops", SECRET);
        mail.getUserManager().setAuthRequired(true);
        mail.start();
        return mail;
    }

    @Test
    void aMailSaysWhatIsWrongAndThatItIsOver() throws Exception {
        GreenMail mail = mailServer();
        try {
            offsite.set(
                            "offsite.notify[ops].to",
                            "smtp://127.0.0.1:%d?username=ops&to=ops@example.org&from=böx <offsite@example.org>"
                                    .formatted(mail.getSmtp().getPort()))
                    .set(
                            "offsite.notify[ops].password-file",
                            secretFile("pw", SECRET).toString());
            Path strange = offsite.backup("fünf \n\r\nBcc: evil@example.org", "x");
            Files.setPosixFilePermissions(strange, PosixFilePermissions.fromString("---------"));
            breakTheSource();

            Result failed = offsite.run("ship", "--debug");
            assertThat(failed.exit()).as("%s", failed).isEqualTo(ExitCode.FAILED);
            assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);

            assertThat(mail.getReceivedMessages()).as("%s", failed).hasSize(1);
            MimeMessage message = mail.getReceivedMessages()[0];
            assertThat(message.getSubject()).isEqualTo("offsite: db: ship failed");
            MimeMultipart parts = (MimeMultipart) message.getContent();
            assertThat(parts.getCount()).isEqualTo(2);
            assertThat(parts.getBodyPart(0).getContent().toString())
                    .contains(
                            "ship: ",
                            offsite.source().toString(),
                            "Command:  offsite doctor db",
                            "Machine:  ",
                            offsite.root().toString());
            assertThat(parts.getBodyPart(1).getFileName()).isEqualTo("event.json");
            try (InputStream attached = parts.getBodyPart(1).getInputStream()) {
                JsonObject json =
                        (JsonObject) Jsoner.deserialize(new String(attached.readAllBytes(), StandardCharsets.UTF_8));
                assertThat(json.getString("event")).isEqualTo("failed");
                assertThat(json.getString("job")).isEqualTo("db");
                assertThat(json.getString("text"))
                        .isEqualTo(parts.getBodyPart(0).getContent().toString().replace("\r\n", "\n"));
            }
            assertThat(failed.err()).doesNotContain(SECRET);

            mendTheSource();
            Files.delete(strange);
            Result well = offsite.run("ship");
            assertThat(well.exit()).as("%s", well).isZero();
            assertThat(mail.getReceivedMessages()).hasSize(2);
            assertThat(mail.getReceivedMessages()[1].getSubject()).matches("offsite: db: over after .*: ship failed");
            assertThat(Untold.of(offsite.state().toString())).isEmpty();
        } finally {
            mail.stop();
        }
    }

    @Test
    void aServerThatIsDownIsToldByTheNextRun() throws Exception {
        offsite.set(
                "offsite.notify[chat].to-file",
                secretFile("hook", receiver.url("/hooks/" + SECRET.substring(0, 12)))
                        .toString());
        receiver.down();
        breakTheSource();

        Result failed = offsite.run("ship");

        assertThat(failed.exit()).as("%s", failed).isEqualTo(ExitCode.FAILED);
        assertThat(failed.err())
                .contains("notify chat: not told")
                .doesNotContain("s3cret")
                .doesNotContain("/hooks");
        List<Untold> untold = Untold.of(offsite.state().toString());
        assertThat(untold).hasSize(1);
        assertThat(untold.get(0).receiver()).isEqualTo("chat");
        assertThat(untold.get(0).messages()).isEqualTo(1);
        assertThat(untold.get(0).reason()).contains("http://127.0.0.1").doesNotContain("s3cret");

        receiver.up();
        receiver.answer(500);
        assertThat(offsite.run("ship").err()).contains("HTTP status 500").doesNotContain("s3cret");
        assertThat(receiver.requests()).hasSize(1);
        receiver.answer(200);
        mendTheSource();
        assertThat(offsite.run("ship").exit()).isZero();

        assertThat(receiver.requests()).hasSize(3);
        assertThat(receiver.paths()).allMatch(path -> path.equals("/hooks/s3cret-Tulip"));
        HttpReceiver.Request told = receiver.requests().get(1);
        assertThat(told.method()).isEqualTo("POST");
        assertThat(told.headers().get("Content-type")).first().asString().startsWith("application/json");
        assertThat(told.headers().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("camel"));
        JsonObject json = (JsonObject) Jsoner.deserialize(told.body());
        assertThat(json.getString("event")).isEqualTo("failed");
        assertThat(json.getString("subject")).isEqualTo("offsite: db: ship failed");
        assertThat(((JsonObject) Jsoner.deserialize(receiver.requests().get(2).body())).getString("event"))
                .isEqualTo("over");
        assertThat(Untold.of(offsite.state().toString())).isEmpty();
    }

    /** With --debug there are stack traces, and the libraries say what they do. */
    @Test
    void theUrlOfAWebhookIsInNoLog() throws Exception {
        String url = receiver.url("/hooks/s3cret-path?token=s3cret-token");
        offsite.set("offsite.notify[chat].to-file", secretFile("hook", url).toString());
        offsite.set(
                "offsite.notify[login].to-file",
                secretFile("login", url.replace("http://", "http://me:s3cret-word@"))
                        .toString());
        offsite.set("offsite.ping-file", secretFile("ping", url).toString());
        breakTheSource();
        for (int status : List.of(500, 302, 404, 200)) {
            receiver.answer(status);
            assertNoSecret(offsite.run("ship", "--debug"));
        }
        assertThat(receiver.requests()).hasSizeGreaterThan(4);
        receiver.down();
        mendTheSource();
        assertNoSecret(offsite.run("ship", "--debug"));
        assertNoSecret(offsite.run("status"));
    }

    private static void assertNoSecret(Result result) {
        assertThat(result.out() + result.err()).doesNotContain("s3cret", "czNjcmV0", "bWU6czNjcmV0"); // also in base64
    }

    @Test
    void aServerThatNeverAnswersDelaysARunForABoundedTime() throws Exception {
        receiver.slow(true);
        offsite.set("offsite.notify[chat].to", receiver.url("/x"));
        breakTheSource();
        long begun = System.nanoTime();

        Result failed = offsite.run("ship");

        assertThat(failed.exit()).isEqualTo(ExitCode.FAILED);
        assertThat((System.nanoTime() - begun) / 1_000_000_000).isLessThan(25);
        assertThat(failed.err()).contains("did not answer in time");
        receiver.slow(false);
        int before = receiver.requests().size();
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        assertThat(receiver.requests()).hasSize(before + 1);
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        receiver.answer(302);
        offsite.set("offsite.notify[chat].to", receiver.url("/x"));
        breakTheSource();

        assertThat(offsite.run("ship").err()).contains("HTTP status 302");

        assertThat(receiver.paths()).containsExactly("/x");
    }

    @Test
    void filesAndPrograms() throws Exception {
        Path seen = folder.resolve("seen");
        Path program = Files.writeString(
                folder.resolve("tell"),
                "#!/bin/sh\necho \"$@\" >> '%s'; cat >> '%s'; exit $(cat '%s')\n"
                        .formatted(seen, seen, folder.resolve("code")));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(folder.resolve("code"), "3");
        offsite.set("offsite.notify[a].to", "exec:" + program)
                .set("offsite.notify[b].to", "file:" + folder.resolve("spool"))
                .set("offsite.notify[c].to", "file:" + folder.resolve("jsons"))
                .set("offsite.notify[c].format", "json")
                .set("offsite.notify[c].on", "shipped");
        breakTheSource();

        Result failed = offsite.run("ship");

        assertThat(failed.err()).contains("notify a: not told: exec:");
        assertThat(seen)
                .content()
                .startsWith("failed db\noffsite: db: ship failed\n\n")
                .contains("What:     ship");
        Files.writeString(folder.resolve("code"), "0");
        mendTheSource();
        Result shipped = offsite.run("ship");
        assertThat(shipped.exit()).isZero();
        assertThat(shipped.err()).doesNotContain("not told");
        try (Stream<Path> spool = Files.list(folder.resolve("spool"))) {
            List<Path> files = spool.sorted().toList();
            assertThat(files).hasSize(2);
            assertThat(files.get(0).getFileName().toString()).matches("\\d{8}T\\d{9}Z-db-failed-.*\\.txt");
            assertThat(files.get(0)).content().startsWith("offsite: db: ship failed\n");
        }
        try (Stream<Path> jsons = Files.list(folder.resolve("jsons"))) {
            JsonObject json = (JsonObject)
                    Jsoner.deserialize(Files.readString(jsons.findFirst().orElseThrow()));
            assertThat(json.getString("event")).isEqualTo("shipped");
            assertThat(json.getInteger("files")).isEqualTo(1);
        }
    }

    @Test
    void aReceiverThatCannotBeUsedStopsNoShip() throws Exception {
        offsite.set("offsite.notify[mq].to", "nosuch:queue:alerts")
                .set("offsite.notify[odd].to", receiver.url("/x") + "?nosuch=1")
                .set("offsite.notify[gone].to-file", folder.resolve("nowhere").toString())
                .set("offsite.notify[well].to", receiver.url("/x"))
                .job("exclude", "*");
        breakTheSource();

        Result failed = offsite.run("ship");

        assertThat(failed.exit()).as("%s", failed).isEqualTo(ExitCode.FAILED);
        assertThat(failed.err())
                .contains("notify gone: nobody is told: offsite.notify[gone].to-file: the file ")
                .contains(
                        "notify mq: not told: there is no component for nosuch: put the jar that has it into lib/ext");
        assertThat(receiver.requests()).hasSize(2);
        Result config = offsite.run("config");
        assertThat(config.exit()).as("%s", config).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(config.err())
                .contains("offsite.notify[mq].to: there is no component for nosuch")
                .contains("offsite.notify[gone].to-file: ");
        assertThat(Untold.of(offsite.state().toString()).stream().map(Untold::receiver))
                .containsExactly("gone", "mq");
    }

    @Test
    void whatAKilledRunLeftIsToldByTheNext() throws Exception {
        receiver.slow(true);
        offsite.set("offsite.notify[chat].to", receiver.url("/x"));
        breakTheSource();
        try (TestSite.Running running = offsite.start("ship")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !receiver.requests().isEmpty());
            running.kill();
        }
        receiver.slow(false);
        mendTheSource();

        assertThat(offsite.run("ship").exit()).isZero();

        assertThat(receiver.requests().stream().map(HttpReceiver.Request::body).skip(1))
                .hasSize(2)
                .first()
                .asString()
                .contains("\"event\":\"failed\"");
    }

    @Test
    void aDrillAndAPruneTellToo() throws Exception {
        offsite.set("offsite.notify[chat].to", receiver.url("/x"));
        assertThat(offsite.run("ship").exit()).isZero();
        Files.writeString(offsite.folders().get(0).resolve("dump.sql"), "A DUMP");

        Result drill = offsite.run("drill");

        assertThat(drill.exit()).as("%s", drill).isEqualTo(ExitCode.FAILED);
        assertThat(receiver.requests()).as("%s", drill).hasSize(1);
        assertThat(receiver.requests().get(0).body()).contains("drill failed");
        offsite.run("scrub");
        assertThat(offsite.run("drill").exit()).isZero();
        assertThat(receiver.requests().get(receiver.requests().size() - 1).body())
                .contains("\"event\":\"over\"", "drill failed");
    }

    @Test
    void aMailServerThatIsSilentOrWithoutTlsIsNamed() throws Exception {
        GreenMail mail = mailServer();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            offsite.set("offsite.notify[slow].to", "smtp://127.0.0.1:%d?to=a@b.org".formatted(silent.getLocalPort()))
                    .set(
                            "offsite.notify[tls].to",
                            "smtp://127.0.0.1:%d?to=a@b.org&mail.smtp.starttls.enable=true&mail.smtp.starttls.required=true"
                                    .formatted(mail.getSmtp().getPort()));
            breakTheSource();

            assertThat(offsite.run("ship").err())
                    .containsPattern("notify slow: not told: smtp://127.0.0.1:\\d+ did not answer in time")
                    .containsPattern("notify tls: not told: smtp://127.0.0.1:\\d+: STARTTLS is required");
            assertThat(mail.getReceivedMessages()).isEmpty();
        } finally {
            mail.stop();
        }
    }
}
