package dev.offsite.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.status.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {

    @TempDir
    private Path folder;

    private static String text(String job) {
        return MetricsText.of(Metrics.samples(List.of(Reports.full(job)), "1"));
    }

    @Test
    void hasTheValuesOfTheReport() {
        assertThat(text("db").lines())
                .contains(
                        "# TYPE offsite_shipped_copies_total counter",
                        "# TYPE offsite_stale gauge",
                        "offsite_last_verified_timestamp_seconds{job=\"db\"} 1769826540",
                        "offsite_copies{job=\"db\"} 4",
                        "offsite_bytes{job=\"db\"} 4000",
                        "offsite_verified_bytes_ratio{job=\"db\"} 0.75",
                        "offsite_shipped_copies_total{job=\"db\"} 7",
                        "offsite_shipped_bytes_total{job=\"db\"} 7000",
                        "offsite_failures_total{job=\"db\",verb=\"ship\"} 2",
                        "offsite_failures_total{job=\"db\",verb=\"scrub\"} 0",
                        "offsite_run_duration_seconds{job=\"db\",verb=\"ship\"} 2.5",
                        "offsite_last_run_failed{job=\"db\",verb=\"ship\"} 1",
                        "offsite_unshipped_files{job=\"db\"} 3",
                        "offsite_trash_folders{job=\"db\"} 4",
                        "offsite_server_free_bytes{job=\"db\"} 1125899906842624",
                        "offsite_stale{job=\"db\"} 0",
                        "offsite_damaged{job=\"db\"} 0");
    }

    @Test
    void whatIsUnknownIsAbsent() {
        assertThat(Metrics.samples(List.of(Reports.empty("db")), "1").stream()
                        .map(Metrics.Sample::name)
                        .distinct())
                .containsExactlyInAnyOrder(
                        Metrics.BUILD_INFO,
                        "offsite_stale",
                        "offsite_damaged",
                        "offsite_refused",
                        "offsite_shipped_copies_total",
                        "offsite_shipped_bytes_total",
                        "offsite_failures_total",
                        "offsite_checked_timestamp_seconds");
    }

    @Test
    void troublesAreFlags() {
        String text = MetricsText.of(Metrics.samples(
                List.of(Reports.full(
                        "db",
                        Reports.trouble(Trouble.Kind.STALE, "old"),
                        Reports.trouble(Trouble.Kind.DAMAGED, "broken"),
                        Reports.trouble(Trouble.Kind.REFUSED, "small"))),
                "1"));

        assertThat(text.lines())
                .contains(
                        "offsite_stale{job=\"db\"} 1",
                        "offsite_damaged{job=\"db\"} 1",
                        "offsite_refused{job=\"db\"} 1");
    }

    @Test
    void anyNameOfAJobIsEscaped() {
        assertThat(text("a \"b\\c\nd").lines()).contains("offsite_copies{job=\"a \\\"b\\\\c\\nd\"} 4");
    }

    @Test
    void theFileIsReplacedAndReadableByAll() throws IOException {
        Path file = Files.writeString(folder.resolve("offsite.prom"), "before");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        new MetricsFile(file).write(Metrics.samples(List.of(Reports.full("db")), "1"));

        assertThat(file).content().contains("offsite_copies{job=\"db\"} 4\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(names()).containsExactly("offsite.prom");
    }

    @Test
    void aFileThatCannotBeWrittenFailsNothing() throws IOException {
        Path inTheWay = Files.createDirectories(folder.resolve("offsite.prom/full"));

        new MetricsFile(inTheWay.getParent()).write(Metrics.samples(List.of(), "1"));

        assertThat(names()).containsExactly("offsite.prom");
    }

    @Test
    void theDocumentationListsAllOfThem() throws IOException {
        String table = "| `%s` | | %s |\n".formatted(Metrics.BUILD_INFO, Metrics.BUILD_INFO_HELP)
                + Stream.of(Metrics.values())
                        .map(metric -> "| `%s` | %s | %s |\n"
                                .formatted(metric.key(), metric.isByVerb() ? "job, verb" : "job", metric.help()))
                        .collect(Collectors.joining());

        assertThat(Path.of("docs/metrics.md")).content().contains(table);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
