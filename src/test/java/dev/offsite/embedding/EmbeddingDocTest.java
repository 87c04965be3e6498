package dev.offsite.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/embedding.md shows the applications that EmbeddingIT runs, to the letter. */
class EmbeddingDocTest {

    private static final Path DOC = Path.of("docs", "embedding.md");
    private static final Pattern SHOWN = Pattern.compile("(?s)<!-- (src/it/\\S+) -->\n```(\\w+)\n(.*?)```");

    @Test
    void showsTheApplicationsAsTheyAre() throws IOException {
        String doc = Files.readString(DOC);
        String current = SHOWN.matcher(doc)
                .replaceAll(shown -> Matcher.quoteReplacement(
                        "<!-- %s -->%n```%s%n%s```".formatted(shown.group(1), shown.group(2), read(shown.group(1)))));
        if ("write".equals(System.getProperty("offsite.docs"))) {
            Files.writeString(DOC, current);
        } else {
            assertThat(doc)
                    .as("docs/embedding.md is stale: mvn test -Dtest=EmbeddingDocTest -Doffsite.docs=write")
                    .isEqualTo(current);
        }
    }

    @Test
    void showsThemInFull() throws IOException {
        List<String> shown = SHOWN.matcher(Files.readString(DOC))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        for (String application : List.of("plain", "spring-boot")) {
            Path folder = Path.of("src", "it", application);
            try (Stream<Path> files = Files.walk(folder)) {
                assertThat(shown)
                        .containsAll(files.filter(Files::isRegularFile)
                                .filter(file -> !file.endsWith("invoker.properties"))
                                .map(Path::toString)
                                .toList());
            }
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
