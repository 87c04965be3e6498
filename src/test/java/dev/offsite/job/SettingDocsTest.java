package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mvn test -Dtest=SettingDocsTest -Doffsite.docs=write} writes the files instead of comparing them. */
class SettingDocsTest {

    @Test
    void theReferenceIsUpToDate() throws IOException {
        check(Path.of("docs/configuration.md"), SettingDocs.reference());
    }

    @Test
    void theCommentedConfigurationIsUpToDate() throws IOException {
        check(Path.of("application.properties"), SettingDocs.example());
    }

    private static void check(Path file, String text) throws IOException {
        if ("write".equals(System.getProperty("offsite.docs"))) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        }
        assertThat(file)
                .as("%s is stale; mvn test -Dtest=SettingDocsTest -Doffsite.docs=write", file)
                .content()
                .isEqualTo(text);
    }
}
