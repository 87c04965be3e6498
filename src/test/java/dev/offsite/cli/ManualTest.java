package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sources of the man pages, in AsciiDoc. {@code mvn test -Dtest=ManualTest -Doffsite.docs=write} writes them instead
 * of comparing them; the build makes the pages of them.
 */
class ManualTest {

    private static final Path SOURCES = Path.of("src/main/man");

    @TempDir
    Path folder;

    @Test
    void thereIsAPageOfEachVerbAndOfTheConfiguration() throws IOException {
        Manual.write(folder);
        if ("write".equals(System.getProperty("offsite.docs"))) {
            Files.createDirectories(SOURCES);
            for (Path old :
                    pages(SOURCES).keySet().stream().map(SOURCES::resolve).toList()) {
                Files.delete(old);
            }
            for (var page : pages(folder).entrySet()) {
                Files.writeString(SOURCES.resolve(page.getKey()), page.getValue());
            }
        }
        assertThat(pages(SOURCES))
                .as("stale; mvn test -Dtest=ManualTest -Doffsite.docs=write")
                .isEqualTo(pages(folder));
    }

    private static Map<String, String> pages(Path folder) throws IOException {
        Map<String, String> pages = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                pages.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return pages;
    }
}
