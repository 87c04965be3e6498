package dev.offsite.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.StateFolder;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationLogTest {

    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final Job JOB = Fixtures.job("db", "/srv/offsite/db");

    @TempDir
    private Path state;

    private static VerificationLog.Entry entry(String name, int second, VerificationMethod verification) {
        return new VerificationLog.Entry(name, HASH, Optional.ofNullable(verification), Instant.ofEpochSecond(second));
    }

    private List<String> lines() throws IOException {
        try (Stream<Path> files = Files.walk(state)) {
            Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            assertThat(file.getFileName()).hasToString("20260131");
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    @Test
    void knowsTheLastOfEachCopyAndOfWhichFolders() {
        VerificationLog log = new VerificationLog(new StateFolder(state));
        assertThat(log.folders(JOB)).isEmpty();
        log.add(
                JOB,
                "20260131",
                List.of(entry("a\nb", 1, VerificationMethod.READBACK), entry("c", 2, VerificationMethod.HASH)));
        log.add(JOB, "20260131", List.of(entry("c", 3, null)));
        log.add(JOB, "20260130", List.of(entry("d", 3, VerificationMethod.SIZE)));

        assertThat(log.of(JOB, "20260131"))
                .isEqualTo(Map.of("a\nb", entry("a\nb", 1, VerificationMethod.READBACK), "c", entry("c", 3, null)));
        assertThat(log.folders(JOB)).containsExactly("20260130", "20260131");
        assertThat(log.folders(Fixtures.job("other", "/srv/offsite/other"))).isEmpty();

        log.forget(JOB, "20260131");
        assertThat(log.folders(JOB)).containsExactly("20260130");
    }

    /** Invariant 3's sibling: what an earlier version knew is known, whatever is written first, and wherever it was cut short. */
    @Test
    void takesOverWhatAnEarlierVersionWrote() throws IOException {
        Path old = oldFile("20260131");
        Files.writeString(
                old,
                "\n2026-01-31T01:00:00Z sha256sum " + HASH + "  a\n2026-01-31T01:00:00Z readback " + HASH
                        + "  b\n2026-01-31T01:00:01Z damaged " + HASH + "  c\n2026-01-31T01:00:02Z sha2");
        VerificationLog log = new VerificationLog(new StateFolder(state));
        Map<String, VerificationLog.Entry> known = log.of(JOB, "20260131");
        assertThat(known.get("a").verification()).contains(VerificationMethod.HASH);
        assertThat(known.get("b").verification()).contains(VerificationMethod.READBACK);
        assertThat(known.get("c").verification()).isEmpty();
        assertThat(log.folders(JOB)).containsExactly("20260131");
        assertThat(old).as("who only looks changes nothing").exists();

        VerificationLog.Entry more = entry("d", 1, VerificationMethod.SIZE);
        log.add(JOB, "20260131", List.of(more));

        assertThat(old).doesNotExist();
        assertThat(log.of(JOB, "20260131"))
                .hasSize(4)
                .containsAllEntriesOf(known)
                .containsEntry("d", more);
    }

    @Test
    void ofTwoRecordsOfACopyTheLaterCountsWhicheverVersionWroteIt() throws IOException {
        VerificationLog log = new VerificationLog(new StateFolder(state));
        log.add(JOB, "20260131", List.of(entry("a", 10, VerificationMethod.HASH), entry("b", 10, null)));
        // An old service went on, or a crash left both.
        Path old = oldFile("20260131");
        Files.writeString(
                old,
                "%s damaged %s  a%n%s sha256sum %s  b%n"
                        .formatted(Instant.ofEpochSecond(5), HASH, Instant.ofEpochSecond(15), HASH));

        Map<String, VerificationLog.Entry> merged =
                Map.of("a", entry("a", 10, VerificationMethod.HASH), "b", entry("b", 15, VerificationMethod.HASH));
        assertThat(log.of(JOB, "20260131")).isEqualTo(merged);
        log.compact(JOB, "20260131");
        assertThat(log.of(JOB, "20260131")).isEqualTo(merged);
        assertThat(old).doesNotExist();

        Path other = oldFile("20260130");
        Files.writeString(other, "%s readback %s  a%n".formatted(Instant.ofEpochSecond(5), HASH));
        log.forget(JOB, "20260130");
        assertThat(log.folders(JOB)).containsExactly("20260131");
    }

    private Path oldFile(String folder) throws IOException {
        Path old = state.resolve("proofs/nas%3A22%2Fsrv%2Foffsite%2Fdb");
        assertThat(old.getFileName())
                .hasToString(java.net.URLEncoder.encode(JOB.destination(), java.nio.charset.StandardCharsets.UTF_8));
        return Files.createDirectories(old).resolve(folder);
    }

    @Test
    void keepsNoMoreThanIsKnown() throws IOException {
        VerificationLog log = new VerificationLog(new StateFolder(state));
        log.compact(JOB, "20260131");
        for (int second = 0; second < 4; second++) {
            log.add(JOB, "20260131", List.of(entry("a", second, VerificationMethod.HASH), entry("b", second, null)));
        }
        log.compact(JOB, "20260131");
        assertThat(lines()).as("not worth it yet").hasSize(8);
        log.add(JOB, "20260131", List.of(entry("a", 9, VerificationMethod.HASH)));
        Map<String, VerificationLog.Entry> known = log.of(JOB, "20260131");

        log.compact(JOB, "20260131");

        assertThat(lines()).hasSize(2);
        assertThat(log.of(JOB, "20260131")).isEqualTo(known);
    }
}
