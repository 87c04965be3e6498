package dev.offsite.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.proof.ProofException;
import dev.offsite.restore.DrillResult;
import dev.offsite.restore.Generation;
import dev.offsite.restore.RestoreException;
import dev.offsite.restore.Restored;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What other people's routes get back: {@code direct:offsite-get}, {@code -list}, {@code -restore} and {@code -drill}. */
@Timeout(60)
class RestoreRouteTest {

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
                        from("direct:offsite-drilled").to("mock:drilled");
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

    private Exchange request(String route, Object... headers) {
        Map<String, Object> all = new TreeMap<>(Map.of(Headers.JOB, "db"));
        for (int i = 0; i < headers.length; i += 2) {
            all.put((String) headers[i], headers[i + 1]);
        }
        return bench.context()
                .createFluentProducerTemplate()
                .to(route)
                .withHeaders(all)
                .request(Exchange.class);
    }

    @Test
    void oneCopyComesToAFileOrIntoAFolder() {
        Exchange file = request("direct:offsite-get", Headers.NAME, "in/b.dump", Headers.TO, to.resolve("x/y"));
        Exchange into = request(
                "direct:offsite-get", Headers.NAME, "in/b.dump", Headers.TO, to + "/", Headers.DATE, "2026-01-31");

        assertThat(file.getException()).isNull();
        assertThat(file.getMessage().getBody()).isEqualTo(to.resolve("x/y").toFile());
        assertThat(to.resolve("x/y")).hasContent("the file b");
        assertThat(into.getMessage().getBody()).isEqualTo(to.resolve("b.dump").toFile());
        assertThat(into.getMessage().getHeaders())
                .containsEntry(Headers.DATE, "20260131")
                .containsEntry(Headers.PATH, Bench.ROOT + "/20260131/in/b.dump")
                .containsEntry(Headers.SIZE, 10L)
                .containsKey(Headers.SHA256);
    }

    @Test
    void aCopyThatIsNotThereOrNotWhatItWasIsAnException() throws IOException {
        Files.writeString(bench.root().resolve("20260131/a.dump"), "the file A");
        Files.delete(bench.root().resolve("20260131/in/b.dump"));

        assertThat(request("direct:offsite-get", Headers.NAME, "a.dump", Headers.TO, to)
                        .getException())
                .isInstanceOf(ProofException.class);
        assertThat(request("direct:offsite-get", Headers.NAME, "in/b.dump", Headers.TO, to)
                        .getException())
                .hasMessageContaining("missing on the server");
        assertThat(request("direct:offsite-get", Headers.NAME, "c", Headers.TO, to)
                        .getException())
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("lists no copy called 'c'");
        assertThat(request("direct:offsite-get", Headers.TO, to).getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Headers.NAME);
        assertThat(to).doesNotExist();
    }

    @Test
    void anotherFileIsReplacedOnlyIfThatIsSaid() throws IOException {
        Files.writeString(to, "mine");

        assertThat(request("direct:offsite-get", Headers.NAME, "a.dump", Headers.TO, to)
                        .getException())
                .hasMessageContaining("another file");
        assertThat(to).hasContent("mine");
        request("direct:offsite-get", Headers.NAME, "a.dump", Headers.TO, to, Headers.OVERWRITE, true);
        assertThat(to).hasContent("the file a");
    }

    @Test
    void aListTellsOfAllFolders() {
        List<?> all = request("direct:offsite-list").getMessage().getBody(List.class);

        assertThat(all).singleElement().isInstanceOfSatisfying(Generation.class, generation -> {
            assertThat(generation.state()).isEqualTo(Generation.State.COMPLETE);
            assertThat(generation.items()).extracting("name").containsExactly("a.dump", "in/b.dump");
        });
        assertThat(request("direct:offsite-list", Headers.DATE, "20250101").getException())
                .isInstanceOf(RestoreException.class);
    }

    @Test
    void aRestoreTellsWhatCame() throws IOException {
        Exchange all = request("direct:offsite-restore", Headers.TO, to);

        assertThat(all.getException()).isNull();
        assertThat(all.getMessage().getBody(Restored.class).files()).isEqualTo(2);
        assertThat(all.getMessage().getHeaders())
                .containsEntry(Headers.RESTORED, 2)
                .containsEntry(Headers.FAILED, 0)
                .containsEntry(Headers.PATH, Bench.ROOT + "/20260131");
        assertThat(to.resolve("in/b.dump")).hasContent("the file b");

        Files.writeString(bench.root().resolve("20260131/a.dump"), "the file A");
        Exchange damaged =
                request("direct:offsite-restore", Headers.TO, folder.resolve("other"), Headers.NAME, "*.dump");
        assertThat(damaged.getException()).isInstanceOf(RestoreException.class);
        assertThat(damaged.getMessage().getBody(Restored.class).failed()).containsOnlyKeys("a.dump");
        assertThat(damaged.getMessage().getHeaders()).containsEntry(Headers.FAILED, 1);
    }

    @Test
    void aDrillTellsWhoListens() throws Exception {
        MockEndpoint drilled = bench.context().getEndpoint("mock:drilled", MockEndpoint.class);
        drilled.expectedMessageCount(2);

        assertThat(request("direct:offsite-drill")
                        .getMessage()
                        .getBody(DrillResult.class)
                        .succeeded())
                .isTrue();
        Files.writeString(bench.root().resolve("20260131/a.dump"), "the file A");
        Exchange failed = request("direct:offsite-drill");

        assertThat(failed.getException()).isNull();
        assertThat(failed.getMessage().getHeader(Headers.PROBLEM, String.class))
                .startsWith("a.dump: what arrived differs");
        assertThat(failed.getMessage().getHeader(Headers.DATE)).isEqualTo("20260131");
        drilled.assertIsSatisfied();
    }
}
