package dev.offsite.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/camel-application}, built by the invoker against the jar alone, with its own configuration and other times. */
@RequiresSshd
@Timeout(180)
class ExampleApplicationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path BUILT =
            Path.of("target/it-examples/camel-application/target").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void ordersAreDeletedHereOnlyWhenTheyAreOffSite() throws Exception {
        Path work = Files.createDirectory(folder.resolve("work"));
        Files.createDirectory(work.resolve("offsite-empty"));
        Path root = folder.resolve("off site");
        String[] java = {
            "-Dexport.schedule=0/2 * * * * ?",
            "-Dexport.retries=0",
            "-cp",
            BUILT.resolve("orders-1.jar") + ":" + BUILT.resolve("dependency") + "/*",
            "com.example.orders.OrdersApplication"
        };
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("server"));
                Application application = Application.start(work, server, root, java)) {
            Application.write(work.resolve("inbox/1.json"), "{\"order\": 1}");
            awaitOrders(application, root, "{\"order\": 1}");
            await().atMost(PATIENCE).until(() -> TestSite.tree(work.resolve("exports")), Map::isEmpty);
            assertThat(application.log()).contains("verified by hash").doesNotContain("Exception", "ERROR", "WARN");

            server.stop();
            Application.write(work.resolve("inbox/2.json"), "{\"order\": 2}");
            await().atMost(PATIENCE).until(() -> application.log().contains("not exported: "));
            assertThat(TestSite.tree(work.resolve("exports"))).isNotEmpty();
            assertThat(application.log()).as("one line is enough").doesNotContain("Exception");
            server.restart();
            awaitOrders(application, root, "{\"order\": 1}", "{\"order\": 2}");
            await().atMost(PATIENCE).until(() -> TestSite.tree(work.resolve("exports")), Map::isEmpty);

            application.stop();
            assertThat(application.log()).contains("shutdown in").doesNotContain("Forcing", "Timeout occurred");
        }
    }

    private static void awaitOrders(Application application, Path root, String... orders) {
        await().atMost(PATIENCE).conditionEvaluationListener(condition -> {}).untilAsserted(() -> {
            assertThat(application.running()).as(application.log()).isTrue();
            assertThat(offSite(root.resolve("orders"))).as(application.log()).containsExactlyInAnyOrder(orders);
        });
    }

    /** What {@code SHA256SUMS} lists and {@code sha256sum} finds good. */
    private static List<String> offSite(Path root) throws IOException {
        List<Path> dated = Application.dated(root);
        assertThat(dated).hasSize(1);
        assertThat(TestSite.tool(dated.get(0), "sha256sum", "--strict", "-c", "SHA256SUMS")
                        .exit())
                .isZero();
        try (Stream<Path> files = Files.list(dated.get(0))) {
            return files.filter(file -> file.getFileName().toString().startsWith("orders-"))
                    .flatMap(ExampleApplicationIT::lines)
                    .toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
