package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.Bench;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kamelet {@code offsite-sink}, found on the class path by its name. */
class OffsiteSinkIT {

    @TempDir
    private Path folder;

    @Test
    void shipsTheFileInTheBody() throws Exception {
        Path file = Files.writeString(folder.resolve("report.pdf"), "hello");
        try (Bench bench = new Bench(folder).start();
                ProducerTemplate producer = bench.context().createProducerTemplate()) {
            Exchange done = producer.request("kamelet:offsite-sink?job=db", exchange -> exchange.getMessage()
                    .setBody(file));

            assertThat(done.getException()).isNull();
            assertThat(done.getMessage().getHeader(OffsiteConstants.PATH))
                    .isEqualTo(Bench.ROOT + "/20260131/report.pdf");
            assertThat(bench.root().resolve("20260131/report.pdf")).hasContent("hello");
        }
    }
}
