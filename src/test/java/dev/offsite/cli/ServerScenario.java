package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.PlantedLinks;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.servers.StartedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What a person does with a server, in order. Each step says {@code yes} if all went well, else what Offsite said. A step
 * that ends with exit code 0 although it was not done fails the test.
 */
final class ServerScenario {
    private static final String YES = "yes";
    private static final String FAILED = "exit code ";
    private static final String READBACK = "readback";
    private static final String CHANGED = "changed.sql";
    private static final int KEPT = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /** A column of {@code docs/servers.md}. */
    enum Step {
        DOCTOR("`doctor`"),
        SHIP("ship"),
        VERIFIED("copies are verified by"),
        REPLACE("replace"),
        LIST("list"),
        SCRUB("scrub, repair"),
        PRUNE("prune, undo"),
        RESTORE("restore"),
        TREE("put, get"),
        KILL("`kill -9`, ship"),
        NAMES("names beyond ASCII"),
        LINKS("links");

        private final String title;

        Step(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    private interface Action {
        String run() throws Exception;
    }

    private final StartedServer server;
    private final TestSite site;
    private final Path here;
    private final Map<Step, String> cells = new EnumMap<>(Step.class);
    private final Random random = new Random(18);

    ServerScenario(StartedServer server, Path folder) throws IOException {
        this.server = server;
        here = Files.createDirectories(folder).toRealPath();
        site = TestSite.of(here, server);
        site.job("keep", "all").job("plausible", "0").job("dated-by", "file");
    }

    Map<Step, String> run() throws Exception {
        step(Step.DOCTOR, this::doctor);
        step(Step.SHIP, this::ship);
        step(Step.VERIFIED, this::verified);
        shippedStep(Step.REPLACE, this::replace);
        step(Step.LIST, this::list);
        shippedStep(Step.SCRUB, this::scrub);
        shippedStep(Step.RESTORE, this::restore);
        shippedStep(Step.PRUNE, this::prune);
        step(Step.TREE, this::tree);
        shippedStep(Step.KILL, this::kill);
        shippedStep(Step.NAMES, this::names);
        step(Step.LINKS, this::links);
        return cells;
    }

    private void step(Step step, Action action) throws Exception {
        cells.put(step, action.run());
    }

    /** A step that needs copies. */
    private void shippedStep(Step step, Action action) throws Exception {
        step(step, isDone(cells.get(Step.SHIP)) ? action : () -> "not tried, as nothing can be shipped");
    }

    private interface Check {
        /** Fails with {@link AssertionError} if that was not done. */
        void check(Result result) throws Exception;
    }

    /** Whether it went well without a word; what it said if not. */
    private String done(Result result, Check check) throws Exception {
        if (result.exit() == 0) {
            eventually(() -> check.check(result));
        }
        String said = result.exit() == 0 ? said(result) : reason(result);
        String exit = result.exit() == 0 ? "" : "exit code %d: ".formatted(result.exit());
        if (result.exit() != 0) {
            assertThat(said).as("a failure says why: %s", result).isNotEmpty();
        }
        return said.isEmpty() ? YES : exit + said;
    }

    private static boolean isDone(String said) {
        return !said.startsWith(FAILED);
    }

    /** Why something failed; of several reasons, one. */
    private String reason(Result result) {
        return result.complaints().stream()
                .map(line -> plain(line).replaceFirst("^db: .* (not shipped: )", "$1"))
                .sorted()
                .findFirst()
                .orElse("");
    }

    /** The complaints, each once. */
    private String said(Result result) {
        Set<String> said = new LinkedHashSet<>();
        result.complaints().forEach(line -> said.add(plain(line)));
        return String.join(" · ", said);
    }

    private interface Assertion {
        void check() throws Exception;
    }

    /** At once, but where the server writes to its disk when it likes. */
    private void eventually(Assertion assertion) throws Exception {
        long end = System.nanoTime() + (server.kind().writesLater() ? PATIENCE.toNanos() : 0);
        while (true) {
            try {
                assertion.check();
                return;
            } catch (AssertionError | IOException | UncheckedIOException e) {
                if (System.nanoTime() >= end) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    /** The line without what differs from run to run. */
    private String plain(String line) {
        return line.replaceFirst("^\\S*\\d\\d:\\d\\d:\\d\\d\\S* +", "")
                .replaceFirst("^(WARN|ERROR) +(\\S+ +- +)?", "")
                .replace(here.toString(), "")
                .replace(server.files().toString(), "")
                .replace("%s@%s:%d".formatted(server.user(), server.host(), server.port()), "SERVER")
                .replace("%s:%d".formatted(server.host(), server.port()), "SERVER")
                .replaceAll("\\d{8}", "DATE")
                .replaceAll("\\.[A-Za-z0-9_-]{8,}\\.part", ".PART");
    }

    private String doctor() throws Exception {
        Result result = site.run("doctor");
        Set<String> bad = (result.out() + result.err())
                .lines()
                .filter(line -> line.matches(".*\\b(WARN|FAIL)\\b.*"))
                .map(line -> plain(line.strip().replaceAll(" +", " ")))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        String exit = result.exit() == 0 ? "" : "exit code %d: ".formatted(result.exit());
        return bad.isEmpty() && exit.isEmpty() ? YES : exit + String.join(" · ", bad);
    }

    private String ship() throws Exception {
        for (int days = 0; days < 4; days++) {
            backup(days, "dump %d.sql".formatted(days), 40_000);
            backup(days, "sub folder/more %d".formatted(days), 10);
        }
        backup(0, "large.tar", 5 << 20);
        backup(0, CHANGED, 1000);
        return shipped();
    }

    private String shipped() throws Exception {
        return done(site.run("ship"), result -> site.assertAllOffsite());
    }

    private String verified() {
        Set<String> methods = new TreeSet<>(site.verifications().values());
        if (methods.contains(READBACK)) {
            // A server of few channels may have one left for hashing now and then.
            return READBACK;
        }
        return methods.isEmpty() ? "none" : String.join(", ", methods);
    }

    private String replace() throws Exception {
        Path changed = backup(0, CHANGED, 2000);
        String said = shipped();
        if (isDone(said)) {
            assertThat(site.root().resolve(day(0)).resolve(CHANGED)).hasSameBinaryContentAs(changed);
        }
        return said;
    }

    private String names() throws Exception {
        Path file = backup(0, "größe 完.sql", 100);
        String said = shipped();
        Files.delete(file);
        return said;
    }

    private String list() throws Exception {
        boolean isThere = Files.isDirectory(site.root().resolve(day(0)));
        return done(site.run("list", "db"), result -> assertThat(result.out().contains(day(0)))
                .as("lists what is there: %s", result)
                .isEqualTo(isThere));
    }

    private String scrub() throws Exception {
        String clean = done(site.run("scrub", "db"), result -> {});
        if (!isDone(clean)) {
            return clean;
        }
        Path copy = site.root().resolve(day(0)).resolve(CHANGED);
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length / 2] ^= 1;
        FileTime time = Files.getLastModifiedTime(copy);
        Files.write(copy, bytes);
        Files.setLastModifiedTime(copy, time);
        Result found = site.run("scrub", "db");
        if (server.kind().writesLater()) {
            // It may see the bit, or what is in its cache.
            bytes[bytes.length / 2] ^= 1;
            Files.write(copy, bytes);
            site.run("scrub", "db");
            return "not reliably: damage of the disk may go unseen, as what is read back may be the server's cache";
        }
        assertThat(found.exit()).as("%s", found).isEqualTo(1);
        assertThat(found.out() + found.err()).contains(CHANGED);
        String repaired = done(site.run("scrub", "db"), result -> {});
        if (isDone(repaired)) {
            assertThat(copy).hasSameBinaryContentAs(site.source().resolve(CHANGED));
        }
        return repaired;
    }

    private String restore() throws Exception {
        return done(site.run("restore", "db", day(0), "--to", "restored"), result -> {
            for (String name : List.of("dump 0.sql", "large.tar", "sub folder/more 0")) {
                assertThat(here.resolve("restored").resolve(name))
                        .hasSameBinaryContentAs(site.source().resolve(name));
            }
        });
    }

    private String prune() throws Exception {
        Map<String, String> before = site.remote();
        site.job("keep", String.valueOf(KEPT));
        String pruned = done(
                site.run("prune", "db"), result -> assertThat(site.folders()).hasSize(KEPT));
        site.job("keep", "all");
        if (!isDone(pruned)) {
            return pruned;
        }
        return done(site.run("prune", "--undo", "db"), result -> {
            Map<String, String> after = site.remote();
            after.keySet().removeIf(name -> name.startsWith(".trash"));
            before.keySet().removeIf(name -> name.startsWith(".trash"));
            assertThat(after).isEqualTo(before);
        });
    }

    private String tree() throws Exception {
        Path tree = Files.createDirectories(here.resolve("tree"));
        Files.createDirectories(tree.resolve("a/b/empty"));
        Files.write(tree.resolve("a/nothing"), new byte[0]);
        Files.write(tree.resolve("a/b/some"), bytes(100_000));
        Files.write(tree.resolve("large"), bytes(3 << 20));
        for (int i = 0; i < 20; i++) {
            Path folder = Files.createDirectories(tree.resolve("c/" + i));
            Files.write(folder.resolve("small"), bytes(1000 * i));
        }
        String there = server.path("tree");
        String put = done(site.run("put", tree.toString(), "sftp:" + there), result -> {
            assertThat(TestSite.tree(server.files().resolve("tree"))).isEqualTo(TestSite.tree(tree));
        });
        return isDone(put)
                ? done(site.run("get", there, "got/"), result -> assertThat(TestSite.tree(here.resolve("got")))
                        .isEqualTo(TestSite.tree(tree)))
                : put;
    }

    private String kill() throws Exception {
        for (int i = 0; i < 20; i++) {
            backup(0, "killed " + i, 200_000);
        }
        try (TestSite.Running running = site.start("ship")) {
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (running.process().isAlive() && partOrCopy() == 0 && System.nanoTime() < end) {
                running.process().waitFor(5, TimeUnit.MILLISECONDS);
            }
            running.kill();
        }
        return shipped();
    }

    /** Links of every kind in the root, in dated folders and in the trash: whatever a verb says of them, it goes through none. */
    private String links() throws Exception {
        Path outside = server.files().resolve("outside");
        Files.createDirectories(site.root());
        PlantedLinks planted = PlantedLinks.outside(outside);
        planted.inRoot(site.root());
        planted.inFolder(site.root().resolve(day(2)));
        planted.inFolder(site.root().resolve(day(2)).resolve("sub folder"));
        planted.inTrash(site.root());
        planted.inFolder(server.files().resolve("tree/links"));
        server.own(server.files());
        backup(0, "beside links", 10);
        site.job("keep", String.valueOf(KEPT)).job("trash", "0");
        String tree = server.path("tree");
        for (List<String> verb : List.of(
                List.of("list", "db"),
                List.of("ship"),
                List.of("scrub", "db"),
                List.of("prune", "db"),
                List.of("prune", "--undo", "db"),
                List.of("prune", "--make-room", "db"),
                List.of("restore", "db", day(2), "--to", "restored through links"),
                List.of("put", here.resolve("tree").toString(), "sftp:" + tree),
                List.of("get", tree, "got through links/"),
                List.of("doctor"))) {
            Result result = site.run(verb.toArray(String[]::new));
            planted.assertUntouched(verb + " " + result);
            assertThat(result.exit()).as("%s %s", verb, result).isLessThan(3);
        }
        return YES;
    }

    /** How many files are on their way, or there; 0 if one of them is just being renamed. */
    private long partOrCopy() {
        try {
            return TestSite.filesIn(site.root()).stream()
                    .filter(name -> name.endsWith(".part") || name.contains("killed"))
                    .count();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private String day(int before) {
        return site.dayBefore(before);
    }

    private Path backup(int days, String name, int size) throws IOException {
        Path file = site.backup(name, bytes(size));
        Instant time = Instant.now().minus(Duration.ofDays(days)).minus(Duration.ofHours(1));
        return Files.setLastModifiedTime(file, FileTime.from(time));
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
