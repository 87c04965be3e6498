package dev.offsite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/security.md} promises nothing without a test, or says that it is not protected. */
class SecurityDocTest {
    private static final Path PAGE = Path.of("docs/security.md");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:IT|Test))`");

    @Test
    void theTestsThatItNamesAreThere() throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher matcher = TEST.matcher(Files.readString(PAGE));
        while (matcher.find()) {
            named.add(matcher.group(1) + ".java");
        }
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
                    .containsAll(named);
        }
        assertThat(named).hasSizeGreaterThan(20);
    }

    @Test
    void eachLineNamesATestOrSaysThatItIsNotProtected() throws IOException {
        assertThat(Files.readAllLines(PAGE))
                .filteredOn(line -> line.matches("\\| .*\\w.*"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(TEST.matcher(line).find() || line.contains("**Not protected"))
                        .as(line)
                        .isTrue());
    }
}
