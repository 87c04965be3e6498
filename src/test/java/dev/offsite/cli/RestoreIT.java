package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is off-site comes back, or is named; at no time is a wrong file under its right name. */
@RequiresSshd
@Timeout(120)
class RestoreIT {

    private static final Instant THEN = Instant.parse("2020-02-03T04:05:06Z");
    private static final List<String> NAMES = List.of(
            "plain.dump",
            "with space",
            " leading and trailing ",
            "it's \"quoted\"",
            "$(touch pwned)",
            "new\nline",
            "carriage\rreturn",
            "-rf",
            "-",
            "back\\slash",
            "*",
            "?#%",
            "[a-z]",
            "Ünïcödé 備份",
            "..dots",
            "sub/folder/file",
            "sub/-",
            "n".repeat(250),
            "備".repeat(83));

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite offsite;
    private Path to;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"), "ForceCommand internal-sftp");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server);
        to = folder.resolve("restored to");
    }

    /** A dated folder with a manifest of these files, as a ship leaves it. */
    private Path dated(String name, Map<String, String> files) throws Exception {
        Path dated = offsite.root().resolve(name);
        Map<String, String> sums = new TreeMap<>();
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = dated.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
            Files.setLastModifiedTime(path, FileTime.from(THEN));
            sums.put(file.getKey(), sha256(path));
        }
        Files.writeString(dated.resolve(Manifest.NAME), new Manifest(sums).format());
        return dated;
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    private Result restore(String... arguments) {
        return offsite.run(Stream.concat(
                        Stream.concat(Stream.of("restore", "db"), Stream.of(arguments)),
                        Stream.of("--to", to.toString()))
                .toArray(String[]::new));
    }

    private List<String> restored() {
        return TestSite.tree(to).entrySet().stream()
                .filter(entry -> entry.getValue().startsWith("file"))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void theNewestComesBackByteForByteUnderAnyName() throws Exception {
        Map<String, String> files = new TreeMap<>();
        NAMES.forEach(name -> files.put(name, "the file " + name));
        dated("20260131", files);
        dated("20260130", Map.of("old", "old"));
        Files.createDirectories(offsite.root().resolve("20260201/half"));
        // A lost machine: there is no source folder any more, and no state.
        Files.delete(offsite.source());

        Result result = restore();

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out())
                .startsWith("db: %d files restored and verified from %s/20260131 to %s ("
                        .formatted(NAMES.size(), offsite.root(), to));
        assertThat(restored()).containsExactlyInAnyOrderElementsOf(NAMES);
        for (String name : NAMES) {
            assertThat(to.resolve(name)).hasContent("the file " + name);
            assertThat(Files.getLastModifiedTime(to.resolve(name)).toInstant()).isEqualTo(THEN);
        }
        assertThat(offsite.state()).doesNotExist();

        Result again = restore("2026-01-31");
        assertThat(again.exit()).isZero();
        assertThat(again.out()).contains("db: 0 files restored", NAMES.size() + " already there");
    }

    @Test
    void whatIsDamagedMissingOrNoFileIsNamedAndTheRestComes() throws Exception {
        Path dated = dated(
                "20260131",
                new TreeMap<>(Map.of(
                        "bad", "good", "fifo", "x", "gone", "x", "in/link/x", "x", "link", "x", "whole", "whole")));
        Files.writeString(dated.resolve("bad"), "evil");
        Files.delete(dated.resolve("gone"));
        Files.delete(dated.resolve("fifo"));
        assertThat(new ProcessBuilder("mkfifo", dated.resolve("fifo").toString())
                        .start()
                        .waitFor())
                .isZero();
        Path secret = Files.writeString(
                Files.createDirectories(folder.resolve("elsewhere")).resolve("x"), "x");
        Files.delete(dated.resolve("link"));
        Files.createSymbolicLink(dated.resolve("link"), secret);
        Files.delete(dated.resolve("in/link/x"));
        Files.delete(dated.resolve("in/link"));
        Files.createSymbolicLink(dated.resolve("in/link"), secret.getParent());

        Result result = restore("latest");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(restored()).containsExactly("whole");
        assertThat(result.out()).contains("db: 1 file restored and verified", "5 NOT restored");
        assertThat(result.complaints())
                .anyMatch(line -> line.contains("bad NOT restored: what arrived differs"))
                .anyMatch(line -> line.contains("gone NOT restored: the copy is missing"))
                .anyMatch(line -> line.contains("link NOT restored: it is no regular file"))
                .anyMatch(line -> line.contains("in/link/x NOT restored: it is no regular file"))
                .anyMatch(line -> line.contains("fifo NOT restored: it is no regular file"));
        assertThat(offsite.run("list", "db").out()).contains("damaged: 1 missing, 3 no regular file");
    }

    @Test
    void aHostileManifestLeadsNowhere() throws Exception {
        Path dated = dated("20260131", Map.of("x", "x"));
        for (String name : List.of("../outside", "/outside", "a/../../outside", "a//b")) {
            Files.writeString(dated.resolve(Manifest.NAME), sha256(dated.resolve("x")) + "  " + name + "\n");

            Result result = restore();

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.complaints()).singleElement().asString().contains("20260131: SHA256SUMS line 1: ");
            assertThat(to).doesNotExist();
        }
    }

    @Test
    void nothingIsWrittenThroughALinkHereAndNothingOfOthersReplaced() throws Exception {
        dated("20260131", new TreeMap<>(Map.of("in/x", "x", "mine", "theirs", "same", "same", "taken", "x")));
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.createDirectories(to.resolve("taken"));
        Files.createSymbolicLink(to.resolve("in"), outside);
        Files.writeString(to.resolve("mine"), "mine");
        Files.writeString(to.resolve("same"), "same");

        Result result = restore();

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(outside).isEmptyDirectory();
        assertThat(to.resolve("mine")).hasContent("mine");
        assertThat(result.complaints())
                .anyMatch(line -> line.contains("in/x NOT restored") && line.contains("is a symbolic link"))
                .anyMatch(line ->
                        line.contains("mine NOT restored: there is another file") && line.contains("--overwrite"))
                .anyMatch(line -> line.contains("taken NOT restored: there is a folder"));
        assertThat(result.out()).contains("1 already there, 3 NOT restored");

        Result over = restore("mine", "--overwrite");
        assertThat(over.exit()).as("%s", over).isZero();
        assertThat(to.resolve("mine")).hasContent("theirs");
    }

    @Test
    void filesFoldersAndPatternsChoose() throws Exception {
        dated(
                "20260131",
                Map.of("a.sql", "1", "b.sql", "2", "a*.sql", "3", "in/c.sql", "4", "in/deep/d.txt", "5", "e.txt", "6"));

        assertThat(restore("a*.sql", "in").exit()).isZero();
        assertThat(restored()).containsExactlyInAnyOrder("a*.sql", "in/c.sql", "in/deep/d.txt");
        assertThat(restore("20260131", "?.sql").exit()).isZero();
        assertThat(restored()).contains("a.sql", "b.sql").doesNotContain("e.txt");
        assertThat(restore("**/*.txt").exit()).isZero();
        assertThat(restored()).contains("e.txt");

        Result nothing = restore("*.zip");
        assertThat(nothing.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(nothing.complaints()).containsExactly("offsite: db: nothing there is called '*.zip'");
    }

    @Test
    void whatCannotBeReliedOnIsRefusedWithTheReason() throws Exception {
        dated("20260131", Map.of("x", "x"));
        dated(".trash/20260101", Map.of("x", "x"));
        Files.writeString(
                Files.createDirectories(offsite.root().resolve("20260201")).resolve("x"), "x");

        assertThat(restore("20260201").complaints())
                .singleElement()
                .asString()
                .contains("20260201: no SHA256SUMS", "--unverified");
        assertThat(restore("2026-01-01").complaints())
                .singleElement()
                .asString()
                .contains("20260101 is in the trash", "offsite prune --undo 20260101");
        Result none = restore("20250101");
        assertThat(none.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(none.complaints())
                .singleElement()
                .asString()
                .contains("there is no dated folder 20250101", "there are 20260131, 20260201");
        assertThat(to).doesNotExist();
        Result unverified = restore("20260201", "--unverified");
        assertThat(unverified.exit()).as("%s", unverified).isZero();
        assertThat(unverified.out()).contains("1 of them NOT verified");
        assertThat(to.resolve("x")).hasContent("x");
    }

    @Test
    void roomIsLookedForFirst() throws Exception {
        Path dated = dated("20260131", Map.of("x", "x"));
        try (RandomAccessFile sparse = new RandomAccessFile(dated.resolve("x").toFile(), "rw")) {
            sparse.setLength(8L << 40);
        }

        Result result = restore();

        assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(result.complaints())
                .singleElement()
                .asString()
                .contains("free, 8.0 TiB are to be restored; make room there");
    }

    @Test
    void whatWasKilledGoesOnWhereItWas() throws Exception {
        Map<String, String> files = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            files.put("file " + i, String.valueOf(i).repeat(1 << 19));
        }
        dated("20260131", files);
        Result cut;
        try (Running running = offsite.start("restore", "db", "--to", to.toString())) {
            // What it looks at may get its name meanwhile.
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .until(() -> restored().stream().anyMatch(name -> name.startsWith("file")));
            cut = running.kill();
        }
        assertThat(cut.exit()).isNotZero();
        for (String name : restored()) {
            if (name.startsWith("file")) {
                assertThat(to.resolve(name)).hasContent(files.get(name));
            }
        }

        Result result = restore();

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("[1-9][0-9]* already there");
        assertThat(restored()).containsExactlyInAnyOrderElementsOf(files.keySet());
        for (String name : files.keySet()) {
            assertThat(to.resolve(name)).hasContent(files.get(name));
        }
    }

    @Test
    void aTargetThatCannotBeReachedIsExit3() throws Exception {
        offsite.target("port", "1");

        assertThat(restore().exit()).isEqualTo(ExitCode.TARGET);
        assertThat(offsite.run("list").exit()).isEqualTo(ExitCode.TARGET);
    }
}
