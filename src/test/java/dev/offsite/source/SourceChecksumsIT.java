package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.offsite.component.OffsiteConstants;
import dev.offsite.job.DatedFolder;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.ship.CrashRecovery;
import dev.offsite.ship.ShipResult;
import dev.offsite.support.Bench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The chain of verification starts at the dump: what does not match the checksum beside it is not shipped. */
@Timeout(60)
class SourceChecksumsIT {

    private static final String OTHER = "0123456789abcdef".repeat(4);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final AtomicInteger hashCommands = new AtomicInteger();

    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(folder, (command, root) -> hashCommands.incrementAndGet());
        log.start();
        ((Logger) LoggerFactory.getLogger("offsite")).addAppender(log);
    }

    @AfterEach
    void stop() throws IOException {
        ((Logger) LoggerFactory.getLogger("offsite")).detachAppender(log);
        bench.close();
    }

    private static String hash(String algorithm, String content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String name, String content) throws IOException {
        bench.backup(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private Path today() {
        return bench.root().resolve(DatedFolder.BASIC.name(Bench.TODAY));
    }

    private List<String> there() throws IOException {
        try (Stream<Path> files = Files.walk(today())) {
            return files.filter(Files::isRegularFile)
                    .map(file -> today().relativize(file).toString())
                    .filter(name -> !name.equals(Manifest.NAME))
                    .sorted()
                    .toList();
        }
    }

    private List<String> messages() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @ParameterizedTest
    @CsvSource({"SHA-256, .sha256", "SHA-512, .sha512"})
    void aFileThatMatchesItsOwnChecksumIsShippedAndTheLogSaysSo(String algorithm, String suffix) throws Exception {
        write("app.db.gz", "dump");
        write("app.db.gz" + suffix, hash(algorithm, "dump") + "  app.db.gz\n");
        bench.start();

        assertThat(bench.run().failed()).isEmpty();

        assertThat(there()).containsExactly("app.db.gz", "app.db.gz" + suffix);
        assertThat(messages())
                .anyMatch(
                        line -> line.contains("app.db.gz -> ") && line.endsWith("as app.db.gz" + suffix + " has it)"));
    }

    /** Invariants 1 and 8. */
    @ParameterizedTest
    @CsvSource({"SHA-256, .sha256", "SHA-512, .sha512"})
    void aFileThatDoesNotIsNotAndNothingOfItIsThere(String algorithm, String suffix) throws Exception {
        write("app.db.gz", "dump");
        write("other", "well");
        bench.start();
        assertThat(bench.run().failed()).isEmpty();
        int commands = hashCommands.get();
        write("app.db.gz", "damaged");
        write("app.db.gz" + suffix, hash(algorithm, "the new dump"));

        ShipResult result = bench.run();

        assertThat(result.failed()).containsExactly("app.db.gz");
        assertThat(there()).containsExactly("app.db.gz", "app.db.gz" + suffix, "other");
        assertThat(today().resolve("app.db.gz")).as("the good copy").hasContent("dump");
        assertThat(hashCommands)
                .as("only the checksum file was shipped, nothing was tried again")
                .hasValue(commands + 1);
        assertThat(messages())
                .contains("db: app.db.gz not shipped: it does not match app.db.gz%s (expected %s…, found %s…): "
                                .formatted(
                                        suffix,
                                        hash(algorithm, "the new dump").substring(0, 12),
                                        hash(algorithm, "damaged").substring(0, 12))
                        + "it was damaged or changed after it was hashed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not found\n", "1234  app.db.gz\n"})
    void aChecksumThatCannotBeMadeOutVerifiesNothing(String text) throws Exception {
        write("app.db.gz", "dump");
        write("app.db.gz.sha256", text);
        bench.start();

        assertThat(bench.run().failed()).containsExactly("app.db.gz");

        assertThat(messages())
                .anyMatch(line -> line.contains("db: app.db.gz not shipped: app.db.gz.sha256 has no SHA-256 of it"));
        assertThat(there()).containsExactly("app.db.gz.sha256");
    }

    @Test
    void aListInTheSourceIsHonouredAndNotShipped() throws Exception {
        write("good", "good");
        write("bad", "bad");
        write("sub/bad", "bad");
        write("unlisted", "whatever");
        write(
                "SHA256SUMS",
                hash("SHA-256", "good") + "  ./good\n" + OTHER + " *bad\nSHA256 (sub/bad) = " + OTHER + "\n");
        bench.start();

        assertThat(bench.run().failed()).containsExactlyInAnyOrder("bad", "sub/bad");

        assertThat(there()).containsExactly("good", "unlisted");
        assertThat(Manifest.parse(Files.readString(today().resolve(Manifest.NAME)))
                        .names())
                .containsExactly("good", "unlisted");
        assertThat(SourceScan.in(bench.source(), true).unshippable()).isEmpty();
    }

    @Test
    void aListInAFolderIsHonouredAndShipped() throws Exception {
        write("sub/good", "good");
        write("sub/bad", "bad");
        write("bad", "of the same name");
        String sums = hash("SHA-512", "good") + "  good\n" + OTHER + OTHER + "  bad\n";
        write("sub/SHA512SUMS", sums);
        bench.start();

        assertThat(bench.run().failed()).containsExactly("sub/bad");

        assertThat(there()).containsExactly("bad", "sub/SHA512SUMS", "sub/good");
    }

    @Test
    void aListThatIsNoneIsNamed() throws Exception {
        write("SHA256SUMS", "not ours");
        assertThat(SourceScan.in(bench.source(), true).unshippable())
                .containsOnlyKeys("SHA256SUMS")
                .hasEntrySatisfying("SHA256SUMS", reason -> assertThat(reason).contains("no line of sha256sum"));
    }

    @Test
    void aDamagedLineOfAListIsNotPassedOver() throws Exception {
        write("good", "good");
        write("bad", "bad");
        write("SHA256SUMS", "-----BEGIN PGP SIGNED MESSAGE-----\n" + hash("SHA-256", "good") + "  good\n12ab  bad\n");
        bench.start();

        assertThat(bench.run().failed()).containsExactly("bad");

        assertThat(there()).containsExactly("good");
    }

    @Test
    void aChecksumStaysUntilItsFileIsCommitted() throws Exception {
        bench.set("camel.routeTemplate[db].after", "delete").set("camel.routeTemplate[db].exclude", "a");
        write("a", "dump");
        write("a.sha256", OTHER);
        bench.start();

        assertThat(bench.run().failed()).isEmpty();
        assertThat(there()).containsExactly("a.sha256");

        assertThat(bench.source().resolve("a.sha256")).exists();
    }

    @Test
    void itGoesWithItsFileWhicheverIsCommittedFirst() throws Exception {
        bench.set("camel.routeTemplate[db].after", "delete");
        for (int i = 0; i < 20; i++) {
            write("dump" + i, "dump");
            write("dump" + i + ".sha256", hash("SHA-256", "dump"));
        }
        bench.start();

        assertThat(bench.run().failed()).isEmpty();

        await().untilAsserted(() -> assertThat(bench.source()).isEmptyDirectory());
    }

    @Test
    void putsAreHeldToIt() throws Exception {
        Path file = Files.writeString(folder.resolve("put"), "dump");
        Files.writeString(folder.resolve("put.sha256"), OTHER);
        bench.start();
        try (ProducerTemplate producer = bench.context().createProducerTemplate()) {
            Exchange done = producer.request("offsite:put", exchange -> {
                exchange.getMessage().setBody(file);
                exchange.getMessage().setHeaders(new java.util.HashMap<>(Map.of(OffsiteConstants.JOB, "db")));
            });
            assertThat(done.getException()).isInstanceOf(SourceChecksumException.class);
        }
        assertThat(there()).isEmpty();
    }

    /** What a run that was cut has published does not show that it is what its checksum says. */
    @Test
    void whatDoesNotMatchIsNotAdopted() throws Exception {
        write("a", "dump");
        write("a.sha256", OTHER);
        bench.start();
        Files.createDirectories(today());
        Files.writeString(today().resolve("a"), "dump");
        bench.bean(Ledger.class).openFolder(bench.job(), Bench.ROOT + "/" + today().getFileName());

        bench.bean(CrashRecovery.class)
                .run("db", SourceScan.in(bench.source(), true).files());

        assertThat(today().resolve(Manifest.NAME)).doesNotExist();
        assertThat(bench.run().failed()).containsExactly("a");
    }
}
