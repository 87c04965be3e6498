package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.Snapshot;
import dev.offsite.drill.DrillResult;
import dev.offsite.job.JobEvent;
import dev.offsite.restore.RestoreResult;
import dev.offsite.support.Bench;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What other people's routes get back: {@code offsite:get}, {@code list}, {@code restore} and {@code drill}. */
@Timeout(60)
class RestoreRouteIT {

    @TempDir
    private Path folder;

    private Bench bench;
    private Path to;

    @BeforeEach
    void ship() throws Exception {
        bench = new Bench(folder)
                .routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("offsite:events?types=drilled&job=db").to("mock:drilled");
                    }
                })
                .start();
        bench.backup("a.dump", bytes("the file a"));
        bench.backup("in/b.dump", bytes("the file b"));
        assertThat(bench.run().succeeded()).isTrue();
        to = folder.resolve("to");
    }

    @AfterEach
    void stop() throws IOException {
        bench.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void oneCopyComesToAFileOrIntoAFolder() {
        Exchange file = bench.request(
                "offsite:get", OffsiteConstants.NAME, "in/b.dump", OffsiteConstants.TO, to.resolve("x/y"));
        Exchange into = bench.request(
                "offsite:get",
                OffsiteConstants.NAME,
                "in/b.dump",
                OffsiteConstants.TO,
                to + "/",
                OffsiteConstants.DATE,
                "2026-01-31");

        assertThat(file.getException()).isNull();
        assertThat(file.getMessage().getBody()).isEqualTo(to.resolve("x/y").toFile());
        assertThat(to.resolve("x/y")).hasContent("the file b");
        assertThat(into.getMessage().getBody()).isEqualTo(to.resolve("b.dump").toFile());
        assertThat(into.getMessage().getHeaders())
                .containsEntry(OffsiteConstants.DATE, "20260131")
                .containsEntry(OffsiteConstants.PATH, Bench.ROOT + "/20260131/in/b.dump")
                .containsEntry(OffsiteConstants.SIZE, 10L)
                .containsKey(OffsiteConstants.SHA256);
    }

    @Test
    void aCopyThatIsNotThereOrNotWhatItWasIsAnException() throws IOException {
        Files.writeString(bench.root().resolve("20260131/a.dump"), "the file A");
        Files.delete(bench.root().resolve("20260131/in/b.dump"));

        assertThat(bench.request("offsite:get", OffsiteConstants.NAME, "a.dump", OffsiteConstants.TO, to)
                        .getException())
                .isInstanceOf(VerificationException.class);
        assertThat(bench.request("offsite:get", OffsiteConstants.NAME, "in/b.dump", OffsiteConstants.TO, to)
                        .getException())
                .hasMessageContaining("missing on the server");
        assertThat(bench.request("offsite:get", OffsiteConstants.NAME, "c", OffsiteConstants.TO, to)
                        .getException())
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("lists no copy called 'c'");
        assertThat(bench.request("offsite:get", OffsiteConstants.TO, to).getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(OffsiteConstants.NAME);
        assertThat(to).doesNotExist();
    }

    @Test
    void anotherFileIsReplacedOnlyIfThatIsSaid() throws IOException {
        Files.writeString(to, "mine");

        assertThat(bench.request("offsite:get", OffsiteConstants.NAME, "a.dump", OffsiteConstants.TO, to)
                        .getException())
                .hasMessageContaining("another file");
        assertThat(to).hasContent("mine");
        bench.request(
                "offsite:get",
                OffsiteConstants.NAME,
                "a.dump",
                OffsiteConstants.TO,
                to,
                OffsiteConstants.OVERWRITE,
                true);
        assertThat(to).hasContent("the file a");
    }

    @Test
    void aListTellsOfAllFolders() {
        List<?> all = bench.request("offsite:list").getMessage().getBody(List.class);

        assertThat(all).singleElement().isInstanceOfSatisfying(Snapshot.class, snapshot -> {
            assertThat(snapshot.state()).isEqualTo(Snapshot.State.COMPLETE);
            assertThat(snapshot.items()).extracting("name").containsExactly("a.dump", "in/b.dump");
        });
        assertThat(bench.request("offsite:list", OffsiteConstants.DATE, "20250101")
                        .getException())
                .isInstanceOf(RestoreException.class);
    }

    @Test
    void aRestoreTellsWhatCame() throws IOException {
        Exchange all = bench.request("offsite:restore", OffsiteConstants.TO, to);

        assertThat(all.getException()).isNull();
        assertThat(all.getMessage().getBody(RestoreResult.class).files()).isEqualTo(2);
        assertThat(all.getMessage().getHeaders()).containsEntry(OffsiteConstants.PATH, Bench.ROOT + "/20260131");
        assertThat(to.resolve("in/b.dump")).hasContent("the file b");

        Files.writeString(bench.root().resolve("20260131/a.dump"), "the file A");
        Exchange damaged = bench.request(
                "offsite:restore", OffsiteConstants.TO, folder.resolve("other"), OffsiteConstants.NAME, "*.dump");
        assertThat(damaged.getException()).isInstanceOf(RestoreException.class);
        assertThat(damaged.getMessage().getBody(RestoreResult.class).failed()).containsOnlyKeys("a.dump");
    }

    @Test
    void aDrillTellsWhoListens() throws Exception {
        MockEndpoint drilled = bench.context().getEndpoint("mock:drilled", MockEndpoint.class);
        drilled.expectedMessageCount(2);

        assertThat(bench.request("offsite:drill")
                        .getMessage()
                        .getBody(DrillResult.class)
                        .succeeded())
                .isTrue();
        Files.writeString(bench.root().resolve("20260131/a.dump"), "the file A");
        Exchange failed = bench.request("offsite:drill");

        assertThat(failed.getException()).isNull();
        assertThat(failed.getMessage().getBody(DrillResult.class).problem()).startsWith("a.dump: what arrived differs");
        assertThat(failed.getMessage().getHeader(OffsiteConstants.DATE)).isEqualTo("20260131");
        drilled.assertIsSatisfied();
        assertThat(drilled.getExchanges())
                .extracting(exchange ->
                        exchange.getMessage().getBody(JobEvent.Drilled.class).passed())
                .containsExactly(true, false);
    }
}
