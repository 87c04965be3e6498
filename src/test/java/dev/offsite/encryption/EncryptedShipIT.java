package dev.offsite.encryption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.HashingInputStream;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import dev.offsite.scrub.ScrubResult;
import dev.offsite.scrub.Scrubber;
import dev.offsite.ship.CrashRecovery;
import dev.offsite.ship.ShipResult;
import dev.offsite.support.Age;
import dev.offsite.support.Bench;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What a job with encrypt-to leaves on the server, read by Debian's age. */
@EnabledIf("dev.offsite.support.Age#isThere")
class EncryptedShipIT {

    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private Age age;

    @BeforeEach
    void key() throws Exception {
        age = Age.keygen(folder);
    }

    private Bench bench() throws Exception {
        return new Bench(folder).set("offsite.encrypt-to", age.recipient());
    }

    private static Path dated(Bench bench) {
        return bench.root().resolve("20260131");
    }

    /** As sha256sum -c does. Returns the names. */
    private static Set<String> check(Bench bench) throws IOException {
        Manifest manifest = Manifest.parse(Files.readString(dated(bench).resolve(Manifest.NAME)));
        for (Map.Entry<String, String> one : manifest.entries()) {
            assertThat(HashingInputStream.sha256(dated(bench).resolve(one.getKey()), read -> {}))
                    .as(one.getKey())
                    .isEqualTo(one.getValue());
        }
        return manifest.names();
    }

    private static Set<String> there(Bench bench) throws IOException {
        try (Stream<Path> all = Files.walk(dated(bench))) {
            Set<String> names = new HashSet<>();
            all.filter(Files::isRegularFile)
                    .forEach(file -> names.add(dated(bench).relativize(file).toString()));
            return names;
        }
    }

    /** What the listed parts say, by the names of copies. */
    private Map<String, PlainFile> contents(Bench bench) throws Exception {
        Map<String, PlainFile> contents = new TreeMap<>();
        Manifest manifest = Manifest.parse(Files.readString(dated(bench).resolve(Manifest.NAME)));
        for (String name : manifest.names()) {
            if (ManifestPart.isPart(name)) {
                byte[] text = age.decrypt(dated(bench).resolve(name));
                assertThat(new String(text, UTF_8)).startsWith("# offsite 20260131\n# recipient " + age.recipient());
                ManifestPart.read(new ByteArrayInputStream(text), file -> {
                    if (manifest.has(Map.of(file.copy(), file.copySha256()))) {
                        contents.put(file.copy(), file);
                    }
                });
            }
        }
        return contents;
    }

    private void assertSame(Bench bench, Map<String, byte[]> files) throws Exception {
        Set<String> names = new HashSet<>(check(bench));
        names.removeIf(ManifestPart::isPart);
        Map<String, PlainFile> contents = contents(bench);
        assertThat(contents.keySet()).isEqualTo(names);
        Map<String, PlainFile> byName = new TreeMap<>();
        contents.values().forEach(content -> byName.put(content.name(), content));
        assertThat(byName.keySet()).isEqualTo(files.keySet());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            PlainFile content = byName.get(file.getKey());
            byte[] plain = age.decrypt(dated(bench).resolve(content.copy()));
            assertThat(plain).as(file.getKey()).isEqualTo(file.getValue());
            assertThat(content.size()).isEqualTo(file.getValue().length);
            Path local = bench.source().resolve(file.getKey());
            assertThat(content.sha256()).isEqualTo(HashingInputStream.sha256(local, read -> {}));
            assertThat(content.modified())
                    .isEqualTo(Instant.ofEpochMilli(
                            Files.getLastModifiedTime(local).toMillis()));
        }
    }

    private static String part(Bench bench) throws IOException {
        return there(bench).stream()
                .filter(ManifestPart::isPart)
                .max(Comparator.comparing(String::length).thenComparing(name -> name))
                .orElseThrow();
    }

    private static byte[] random(int seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private Map<String, byte[]> backups(Bench bench) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("db.dump", random(1, 100));
        files.put("empty", new byte[0]);
        files.put("chunk", random(2, 64 << 10));
        files.put("two \\ \"chunks\" ünd\nmore", random(3, (128 << 10) + 1));
        files.put("deep/er/file", random(4, 3 * MIB));
        files.put("large", random(5, 9 * MIB + 17));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            bench.backup(file.getKey(), file.getValue());
        }
        return files;
    }

    @Test
    void eachCopyIsOneFileThatAgeDecrypts() throws Exception {
        try (Bench bench = bench().start()) {
            Map<String, byte[]> files = backups(bench);
            ShipResult result = bench.run();
            assertThat(result.failures()).isEmpty();
            assertThat(result.shipped()).isEqualTo(files.size());
            assertThat(there(bench)).contains("db.dump.age", "deep/er/file.age").hasSize(files.size() + 2);
            assertSame(bench, files);
        }
    }

    @Test
    void theNextRunAddsItsOwnPartAndShipsOnlyWhatIsNew() throws Exception {
        try (Bench bench = bench().start()) {
            Map<String, byte[]> files = backups(bench);
            bench.run();
            Path first = dated(bench).resolve(part(bench));
            byte[] before = Files.readAllBytes(first);
            files.put("db.dump", random(7, 200));
            bench.backup("db.dump", files.get("db.dump"));
            assertThat(bench.run().shipped()).isEqualTo(1);
            assertThat(there(bench).stream().filter(ManifestPart::isPart)).hasSize(2);
            assertThat(first).hasBinaryContent(before);
            assertSame(bench, files);
            assertThat(bench.run().shipped()).isZero();
        }
    }

    @Test
    void theServerSeesNoNameWhereTheyAreHidden() throws Exception {
        try (Bench bench = bench().set("offsite.encrypt-names", "true").start()) {
            Map<String, byte[]> files = backups(bench);
            assertThat(bench.run().failures()).isEmpty();
            Set<String> names = there(bench);
            names.removeIf(ManifestPart::isPart);
            names.remove(Manifest.NAME);
            assertThat(names).hasSize(files.size()).allMatch(name -> name.matches("[0-9a-f]{32}\\.age"));
            assertSame(bench, files);
        }
    }

    @Test
    void aDamagedCopyIsEncryptedAgainFromTheFileHere() throws Exception {
        try (Bench bench = bench().start()) {
            Map<String, byte[]> files = backups(bench);
            bench.run();
            Path copy = dated(bench).resolve("chunk.age");
            byte[] bytes = Files.readAllBytes(copy);
            bytes[5000] ^= 1;
            Files.write(copy, bytes);
            Files.write(dated(bench).resolve(part(bench)), new byte[] {1, 2, 3});
            ScrubResult result = bench.bean(Scrubber.class).run("db", true);
            assertThat(result.findings()).hasSize(2).allMatch(ScrubResult.Finding::healed);
            assertSame(bench, files);
            assertThat(bench.bean(Scrubber.class).run("db", true).findings()).isEmpty();
        }
    }

    @Test
    void whatACutRunHasPublishedIsRecognised() throws Exception {
        try (Bench bench = bench().start()) {
            Map<String, byte[]> files = backups(bench);
            bench.run();
            Map<String, byte[]> before = new TreeMap<>();
            for (String name : there(bench)) {
                before.put(name, Files.readAllBytes(dated(bench).resolve(name)));
            }
            // As if it had been killed before it listed anything, and before the ledger knew.
            Files.delete(dated(bench).resolve(Manifest.NAME));
            List<Path> all = new ArrayList<>();
            try (Stream<Path> walk = Files.walk(bench.source())) {
                walk.filter(Files::isRegularFile).forEach(all::add);
            }
            bench.services().ledger().openFolder(bench.job(), Bench.ROOT + "/20260131");
            bench.services().ledger().openFolder(bench.job(), Bench.ROOT + "/20260131/deep");
            bench.services().ledger().openFolder(bench.job(), Bench.ROOT + "/20260131/deep/er");
            all.forEach(file -> bench.services()
                    .ledger()
                    .forget(bench.job(), dev.offsite.source.SourceScan.SourceFile.of(file.toFile())));
            bench.bean(CrashRecovery.class).run("db");
            assertSame(bench, files);
            assertThat(there(bench).stream().filter(ManifestPart::isPart)).hasSize(1);
            for (String name : check(bench)) {
                if (!ManifestPart.isPart(name)) {
                    assertThat(dated(bench).resolve(name)).hasBinaryContent(before.get(name));
                }
            }
            assertThat(bench.run().shipped()).isZero();
        }
    }

    @Test
    void nothingIsShippedForOthersUntilAPersonSaysSo() throws Exception {
        try (Bench bench = bench().start()) {
            bench.backup("db.dump", random(1, 100));
            bench.run();
        }
        Age other = Age.keygen(folder);
        for (String to : List.of(other.recipient(), "", age.recipient() + "," + other.recipient())) {
            Path again = Files.createTempDirectory(folder, "again");
            try (Bench bench = new Bench(again)
                    .set("offsite.encrypt-to", to)
                    .set("offsite.state", folder.resolve("state").toString())
                    .start()) {
                bench.backup("other.dump", random(2, 100));
                ShipResult result = bench.run();
                assertThat(result.shipped()).isZero();
                assertThat(result.targetFailure()).contains("offsite accept-recipients db");
                bench.services().recipients().accept(bench.job());
                assertThat(bench.run().shipped()).isEqualTo(1);
                bench.services().recipients();
            }
            try (Bench bench = new Bench(Files.createTempDirectory(folder, "back"))
                    .set("offsite.encrypt-to", age.recipient())
                    .set("offsite.state", folder.resolve("state").toString())
                    .start()) {
                bench.services().recipients().accept(bench.job());
            }
        }
    }
}
