package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.EmbeddedServer.Exec.Result;
import dev.offsite.demo.Exec;
import dev.offsite.io.HashingInputStream;
import dev.offsite.job.DatedFolder;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.ship.ShipResult;
import dev.offsite.support.Bench;
import dev.offsite.support.FaultyFiles;
import dev.offsite.support.FaultyFiles.Fault;
import dev.offsite.support.KnownHash;
import dev.offsite.support.Parts;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that lie, break off and lose what they were sent: nothing is published that was not verified, and no verification is made up. */
@Timeout(120)
class LyingServersIT {
    private static final String BY_HASH = "hash";
    private static final String READBACK = "readback";
    private static final String FAILED = "";
    private static final String HASH = "[0-9a-f]{64}";
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path folder;

    /** What a server makes of the answer of an honest one. */
    enum Answers {
        WITH_BANNERS,
        WITH_CRLF,
        OTHER_HASHES,
        TWO_HASHES,
        HASH_OF_NOTHING,
        NO_HASH,
        SHORT_HASH,
        HASHES_OF_OTHER_FILES,
        NOTHING,
        NOTHING_AND_FAILS,
        HASHES_AND_FAILS,
        HASHES_AND_IS_KILLED,
        HASHES_AND_IS_CUT_OFF,
        HALF_A_LINE_AND_IS_CUT_OFF,
        CRASHES;

        EmbeddedServer.Exec exec() {
            EmbeddedServer.Exec honest = Exec.sha256sumAfter((command, root) -> {});
            return (command, root) -> {
                Result truth = honest.run(command, root);
                return truth.stdout().isEmpty() ? truth : spoilt(truth.stdout());
            };
        }

        private Result spoilt(String sums) {
            return switch (this) {
                case WITH_BANNERS -> ok("** Authorised use only **\n0123 banner\n\n" + sums + "Goodbye\n");
                case WITH_CRLF -> ok(sums.replace("\n", "\r\n"));
                case OTHER_HASHES -> ok(sums.replaceAll(HASH, "0".repeat(64)));
                case TWO_HASHES -> ok(sums + sums.replaceAll(HASH, EMPTY));
                case HASH_OF_NOTHING -> ok(sums.replaceAll(HASH, EMPTY));
                case NO_HASH -> ok("OK\n");
                case SHORT_HASH -> ok(sums.replaceAll("([0-9a-f]{40})[0-9a-f]{24}", "$1"));
                case HASHES_OF_OTHER_FILES -> ok(sums.replace("/20260131/", "/20260130/"));
                case NOTHING -> ok("");
                case NOTHING_AND_FAILS -> new Result(1, "", "sha256sum: something is wrong\n");
                case HASHES_AND_FAILS -> new Result(3, sums, "");
                case HASHES_AND_IS_KILLED -> new Result(137, sums, "Killed\n");
                case HASHES_AND_IS_CUT_OFF -> new Result(Result.DROPPED, sums, "");
                case HALF_A_LINE_AND_IS_CUT_OFF -> new Result(Result.DROPPED, sums.substring(0, 40), "");
                case CRASHES -> throw new IllegalStateException("crash");
            };
        }

        private static Result ok(String stdout) {
            return new Result(0, stdout, "");
        }
    }

    /** The fault begins when the server is trusted already; some also when it is asked for the first time. */
    static Stream<Arguments> faults() {
        Stream<Arguments> trusted = Stream.of(Answers.values())
                .map(fault -> arguments(
                        fault,
                        true,
                        switch (fault) {
                            case WITH_BANNERS, WITH_CRLF -> BY_HASH;
                            case OTHER_HASHES -> FAILED;
                            default -> READBACK;
                        }));
        Stream<Arguments> fromTheFirst = Stream.of(
                arguments(Answers.WITH_BANNERS, false, BY_HASH),
                arguments(Answers.WITH_CRLF, false, BY_HASH),
                arguments(Answers.OTHER_HASHES, false, READBACK),
                arguments(Answers.HASH_OF_NOTHING, false, READBACK),
                arguments(Answers.NO_HASH, false, READBACK),
                arguments(Answers.HASHES_AND_IS_CUT_OFF, false, READBACK));
        return Stream.concat(trusted, fromTheFirst);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void noHashIsBelievedThatIsNone(Answers fault, boolean trusted, String expected) throws Exception {
        try (Bench bench = Bench.answering(folder, fault.exec()).set("offsite.retries", "0")) {
            if (!trusted) {
                bench.unprobed();
            }
            assertShips(bench, expected.equals(FAILED) ? Optional.empty() : Optional.of(expected));
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "OTHER_HASHES",
                "TWO_HASHES",
                "HASH_OF_NOTHING",
                "NO_HASH",
                "HASHES_AND_FAILS",
                "HASHES_AND_IS_CUT_OFF",
                "CRASHES"
            })
    void whereOnlyTheServersHashCountsNothingIsVerifiedWithoutOne(Answers fault) throws Exception {
        try (Bench bench = Bench.answering(folder, fault.exec())
                .set("offsite.retries", "0")
                .set("offsite.verify", BY_HASH)) {
            assertShips(bench, Optional.empty());
        }
    }

    @Test
    void aServerWithOneHashForAllPassesItsProbeAndNothingElse() throws Exception {
        EmbeddedServer.Exec honest = Exec.sha256sumAfter((command, root) -> {});
        AtomicReference<String> one = new AtomicReference<>();
        EmbeddedServer.Exec lazy = (command, root) -> {
            Result truth = honest.run(command, root);
            if (truth.stdout().length() > 64) {
                one.compareAndSet(null, truth.stdout().substring(0, 64));
            }
            return Answers.ok(truth.stdout().replaceAll(HASH, String.valueOf(one)));
        };
        try (Bench bench =
                Bench.answering(folder, lazy).set("offsite.retries", "1").unprobed()) {
            assertShips(bench, Optional.empty());
        }
    }

    @Test
    void aServerThatRefusesToRunCommandsIsReadBack() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.retries", "0").unprobed()) {
            bench.server().refuseCommands();
            assertShips(bench, Optional.of(READBACK));
        }
    }

    @Test
    void aServerThatRefusesToRunCommandsAnyLongerIsReadBack() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.retries", "0")) {
            bench.server().refuseCommands();
            assertShips(bench, Optional.of(READBACK));
        }
    }

    @Test
    void aServerThatWasAllowedToHashIsAskedAgainAtOnceWhereNothingElseCounts() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.verify", BY_HASH).unprobed()) {
            Instant now = Bench.TODAY.atTime(12, 0).toInstant(ZoneOffset.UTC);
            KnownHash.remember(folder.resolve("state"), bench.server(), "none " + now + " refused");
            assertShips(bench, Optional.of(BY_HASH));
        }
    }

    @Test
    void whatAnEarlierVersionRememberedIsAskedAboutOnce() throws Exception {
        List<String> commands = new CopyOnWriteArrayList<>();
        EmbeddedServer.Exec gnu = Exec.sha256sumAfter((command, root) -> commands.add(command));
        Path remembered = folder.resolve("state/hash-commands.properties");
        try (Bench bench = Bench.answering(folder, gnu)) {
            Files.writeString(remembered, Files.readString(remembered).replace(" alone", ""));
            assertShips(bench, Optional.of(BY_HASH));
            assertThat(commands).filteredOn(c -> c.startsWith("openssl")).isNotEmpty();
            assertThat(remembered).content().contains("SHA256SUM many alone");
            commands.clear();
            bench.backup("c", bytes("content of c"));
            assertThat(bench.run().succeeded()).isTrue();
            assertThat(commands).singleElement().asString().startsWith("sha256sum");
        }
    }

    /** Ships two files; all or none of them must be verified, by that. */
    private static void assertShips(Bench bench, Optional<String> verification) throws Exception {
        bench.start();
        bench.backup("a", bytes("content of a"));
        bench.backup("b", bytes("content of b, longer"));

        ShipResult result = bench.run();

        assertThat(result.failed()).hasSize(verification.isPresent() ? 0 : 2);
        assertThat(copies(bench))
                .isEqualTo(
                        verification.isPresent() ? Map.of("a", "content of a", "b", "content of b, longer") : Map.of());
        assertThat(listed(bench)).isEqualTo(copies(bench).keySet());
        assertThat(parts(bench)).isEmpty();
        Map<String, VerificationLog.Entry> verifications =
                bench.bean(VerificationLog.class).of(bench.job(), dated());
        assertThat(verifications.keySet()).isEqualTo(copies(bench).keySet());
        assertThat(verifications.values())
                .allSatisfy(entry ->
                        assertThat(entry.verification().map(Object::toString)).isEqualTo(verification));
    }

    /** Each fault of the disk, where the server hashes and where it is read back. */
    static Stream<Arguments> disks() {
        return Stream.of(Fault.values())
                // Not of the disk: the read has no end.
                .filter(fault -> fault != Fault.READS_NOTHING)
                .flatMap(fault -> fault == Fault.MISREADS
                        ? Stream.of(arguments(fault, READBACK)) // a command on the server reads well
                        : Stream.of(arguments(fault, BY_HASH), arguments(fault, READBACK)));
    }

    @ParameterizedTest
    @MethodSource("disks")
    void theOneOfAHundredFilesThatTheDiskSpoilsFailsByNameAndTheGoodCopyStays(Fault fault, String verification)
            throws Exception {
        AtomicBoolean spoils = new AtomicBoolean();
        try (Bench bench = new Bench(folder).set("offsite.retries", "1")) {
            bench.server().accessFiles(new FaultyFiles(fault, path -> spoils.get() && Parts.isOf(path, "folder/42")));
            if (verification.equals(READBACK)) {
                bench.unprobed().server().refuseCommands();
            }
            bench.start();
            bench.backup("folder/42", bytes("the earlier good copy"));
            assertThat(bench.run().succeeded()).isTrue();
            Map<String, String> expected = new TreeMap<>(copies(bench));
            for (int i = 0; i < 100; i++) {
                bench.backup("folder/" + i, bytes("content of file " + i));
                expected.putIfAbsent("folder/" + i, "content of file " + i);
            }
            spoils.set(true);

            ShipResult result = bench.run();

            assertThat(result.failed()).containsExactly("folder/42");
            assertThat(result.shipped()).isEqualTo(99);
            assertThat(copies(bench)).isEqualTo(expected);
            assertThat(listed(bench)).isEqualTo(expected.keySet());
            assertThat(parts(bench)).isEmpty();
            spoils.set(false);
            assertThat(bench.run().succeeded()).isTrue();
            assertThat(copies(bench)).containsEntry("folder/42", "content of file 42");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String dated() {
        return DatedFolder.BASIC.name(Bench.TODAY);
    }

    /** What is there under final names, but for the manifest. */
    private static Map<String, String> copies(Bench bench) throws IOException {
        Map<String, String> copies = new TreeMap<>();
        Path dated = bench.root().resolve(dated());
        for (Path file : files(dated)) {
            copies.put(dated.relativize(file).toString(), Files.readString(file));
        }
        copies.remove(Manifest.NAME);
        copies.keySet().removeIf(name -> name.endsWith(".part"));
        return copies;
    }

    /** What the manifest lists, with the hash that the file has. */
    private static Set<String> listed(Bench bench) throws IOException {
        Path manifest = bench.root().resolve(dated()).resolve(Manifest.NAME);
        if (!Files.exists(manifest)) {
            return Set.of();
        }
        Set<String> names = new TreeSet<>();
        for (String name : Manifest.parse(Files.readString(manifest)).names()) {
            byte[] hash = HashingInputStream.sha256Digest().digest(Files.readAllBytes(manifest.resolveSibling(name)));
            assertThat(Files.readString(manifest)).contains(HexFormat.of().formatHex(hash) + "  " + name + "\n");
            names.add(name);
        }
        return names;
    }

    private static List<Path> parts(Bench bench) throws IOException {
        return files(bench.root()).stream()
                .filter(file -> TemporaryName.matches(file.getFileName().toString()))
                .toList();
    }

    private static List<Path> files(Path top) throws IOException {
        if (!Files.exists(top)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(top)) {
            return new ArrayList<>(files.filter(Files::isRegularFile).toList());
        }
    }
}
