package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.JobEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mvn test -Dtest=ComponentDocsTest -Doffsite.docs=write} writes the page instead of comparing it. */
class ComponentDocsTest {

    private static final Path PAGE = Path.of("docs/component.md");

    @Test
    void theReferenceIsUpToDate() throws IOException {
        String text = ComponentDocs.reference();
        if ("write".equals(System.getProperty("offsite.docs"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(PAGE)
                .as("%s is stale; mvn test -Dtest=ComponentDocsTest -Doffsite.docs=write", PAGE)
                .content()
                .isEqualTo(text);
    }

    @Test
    void namesEveryOperationAndEvent() throws IOException {
        String page = Files.readString(PAGE);
        for (OffsiteOperation operation : OffsiteOperation.values()) {
            assertThat(page).contains("offsite:" + operation);
        }
        for (String type : JobEvent.types()) {
            assertThat(page).contains("| `" + type + "` |");
        }
    }
}
