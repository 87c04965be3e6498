package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mvn test -Dtest=CompletionScriptsTest -Doffsite.docs=write} writes the scripts instead of comparing them. */
class CompletionScriptsTest {

    private static final Path FOLDER = Path.of("src/main/dist/completion");

    @Test
    void theyHaveAllVerbsAndOptions() throws IOException {
        for (var script : CompletionScripts.all().entrySet()) {
            Path file = FOLDER.resolve(script.getKey());
            if ("write".equals(System.getProperty("offsite.docs"))) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, script.getValue());
            }
            assertThat(file)
                    .as("%s is stale; mvn test -Dtest=CompletionScriptsTest -Doffsite.docs=write", file)
                    .content()
                    .isEqualTo(script.getValue());
        }
    }
}
