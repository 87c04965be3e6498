package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.Exec;
import dev.offsite.ledger.Ledger;
import dev.offsite.support.HostileNames;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One file or a whole tree, both ways. */
@RequiresSshd
@Timeout(120)
class PutGetIT {
    /** What the server lets us do. */
    enum Access {
        SHELL,
        SFTP_ONLY
    }

    @TempDir
    static Path servers;

    private static OpenSshServer shell;
    private static OpenSshServer sftpOnly;

    @TempDir
    Path folder;

    private TestSite offsite;
    private Path here;
    private Path there;

    @BeforeAll
    static void startServers() throws IOException {
        shell = OpenSshServer.start(servers.resolve("shell"));
        sftpOnly = OpenSshServer.start(servers.resolve("sftp"), "ForceCommand internal-sftp");
    }

    @AfterAll
    static void stopServers() {
        shell.close();
        sftpOnly.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, shell);
        here = Files.createDirectory(folder.toRealPath().resolve("here"));
        there = folder.toRealPath().resolve("there");
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void aTreeWithHostileNamesComesBackAsItWent(Access access) throws Exception {
        if (access == Access.SFTP_ONLY) {
            offsite = TestSite.of(folder, sftpOnly);
        }
        String verification = access == Access.SHELL ? "hash" : "readback";
        HostileNames.create(here);
        Files.createDirectories(here.resolve("empty/within"));
        Files.write(here.resolve("nothing in it"), new byte[0]);
        random(here.resolve("sub/big"), 3 << 20);
        age(here);
        int files = HostileNames.ALL.size() + 2;

        Result put = offsite.run("put", here.toString(), "sftp:" + there.resolve("new/tree"));
        Result get = offsite.run("get", there.resolve("new/tree").toString(), "back/again/");

        assertThat(put.exit()).as("%s", put).isZero();
        assertThat(put.out())
                .startsWith(files + " files put and verified to " + there.resolve("new/tree"))
                .contains(" MiB in ", verification);
        assertThat(get.exit()).as("%s", get).isZero();
        assertThat(get.out()).startsWith(files + " files got and verified to ").contains(verification);
        assertThat(dated(there.resolve("new/tree"))).isEqualTo(dated(here));
        assertThat(dated(folder.resolve("back/again"))).isEqualTo(dated(here));
        assertThat(folder.resolve("pwned")).doesNotExist();

        if (access == Access.SFTP_ONLY) {
            return;
        }
        assertThat(offsite.run("put", here.toString(), there.resolve("new/tree").toString())
                        .out())
                .startsWith("0 files put")
                .contains(files + " already there");
        assertThat(offsite.run("get", there.resolve("new/tree").toString(), "back/again")
                        .out())
                .startsWith("0 files got")
                .contains(files + " already there");
    }

    @Test
    void aFileGoesIntoAFolderOrGetsANewName() throws IOException {
        Path file = Files.writeString(here.resolve("a b"), "one");
        Files.createDirectory(there);
        Files.createSymbolicLink(folder.resolve("link"), there);

        assertPut(file, there + "/made/", there.resolve("made/a b"));
        assertPut(file, there + "/made/too/new name", there.resolve("made/too/new name"));
        assertPut(file, folder.resolve("link").toString(), there.resolve("a b"));

        Files.createDirectory(folder.resolve("got"));
        assertGot(there.resolve("a b"), "got", "got/a b");
        assertGot(there.resolve("a b"), "got/made/", "got/made/a b");
        Files.createSymbolicLink(there.resolve("linked"), Path.of("a b"));
        assertGot(there.resolve("linked"), "got/made/too/asked for", "got/made/too/asked for");
    }

    private void assertPut(Path file, String to, Path at) {
        Result put = offsite.run("put", file.toString(), to);
        assertThat(put.exit()).as("%s", put).isZero();
        assertThat(put.out()).startsWith("1 file put and verified to ");
        assertThat(at).hasSameBinaryContentAs(file);
    }

    private void assertGot(Path from, String to, String at) {
        Result get = offsite.run("get", from.toString(), to);
        assertThat(get.exit()).as("%s", get).isZero();
        assertThat(get.out()).startsWith("1 file got and verified to ");
        assertThat(folder.resolve(at)).hasSameBinaryContentAs(from);
    }

    @Test
    void anotherFileIsLeftAloneUnlessToldOtherwise() throws Exception {
        for (String name : new String[] {"new", "same", "longer", "of the same size"}) {
            Files.writeString(here.resolve(name), "mine");
        }
        Files.createDirectory(there);
        Files.writeString(there.resolve("same"), "mine");
        Files.writeString(there.resolve("longer"), "theirs");
        Files.writeString(there.resolve("of the same size"), "thei");
        Path third = Files.createDirectory(folder.resolve("third"));
        Files.writeString(third.resolve("longer"), "another");
        Files.createDirectory(third.resolve("new"));

        Result put = offsite.run("put", here.toString(), there.toString());
        assertThat(put.exit()).as("%s", put).isEqualTo(ExitCode.FAILED);
        assertThat(put.out()).startsWith("1 file put and verified").contains(", 1 already there, 2 NOT put");
        assertThat(put.complaints())
                .hasSize(2)
                .anyMatch(line -> line.contains(" longer not put: ") && line.contains("--overwrite"))
                .anyMatch(line -> line.contains(" of the same size not put: ") && line.contains("--overwrite"));
        assertThat(there.resolve("longer")).hasContent("theirs");
        assertThat(there.resolve("of the same size")).hasContent("thei");

        Result again = offsite.run("put", "--overwrite", "--json", here.toString(), there.toString());
        assertThat(again.exit()).as("%s", again).isZero();
        JsonObject json = (JsonObject) Jsoner.deserialize(again.out());
        assertThat(json).containsEntry("verb", "put").containsEntry("destination", there.toString());
        assertThat(json.getInteger("transferred")).isEqualTo(2);
        assertThat(json.getInteger("present")).isEqualTo(2);
        assertThat(again.out()).contains("\"verification\":\"hash\"", "\"state\":\"present\"", "\"name\":\"longer\"");
        assertThat(TestSite.tree(there)).isEqualTo(TestSite.tree(here));

        Result get = offsite.run("get", there.toString(), "third", "--overwrite");
        assertThat(get.exit()).as("%s", get).isEqualTo(ExitCode.FAILED);
        assertThat(get.complaints()).hasSize(1).allMatch(line -> line.contains(" new not got: "));
        assertThat(third.resolve("longer")).hasContent("mine");
        assertThat(third.resolve("new")).isDirectory();
    }

    @Test
    void linksAndPipesAreNamedAndTheRestGoes() throws IOException {
        Files.writeString(here.resolve("good"), "good");
        Files.createSymbolicLink(here.resolve("to a file"), Path.of("good"));
        Files.createSymbolicLink(here.resolve("to a folder"), folder);
        Result made =
                TestSite.tool(here, "sh", "-c", "mkfifo pipe && mkdir in && mkfifo in/pipe && printf x > in/good");
        assertThat(made.exit()).as(made.err()).isZero();

        Result put = offsite.run("put", here.toString(), there.toString());
        Result get = offsite.run("get", here.toString(), "back");

        assertNamed(put, "put");
        assertNamed(get, "got");
        assertThat(TestSite.tree(there).keySet()).containsExactly("good", "in", "in/good");
        assertThat(TestSite.tree(folder.resolve("back")).keySet()).containsExactly("good", "in", "in/good");
    }

    private static void assertNamed(Result result, String done) {
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).startsWith("2 files " + done).contains("4 NOT " + done);
        assertThat(result.complaints())
                .hasSize(4)
                .anyMatch(line -> line.contains(" to a file not " + done + ": it is a symbolic link"))
                .anyMatch(line -> line.contains(" to a folder not " + done + ": it is a symbolic link"))
                .anyMatch(line -> line.contains(" pipe not " + done + ": it is neither"))
                .anyMatch(line -> line.contains(" in/pipe not " + done + ": it is neither"));
    }

    /** A link in the place of a folder may lead anywhere. */
    @Test
    void nothingGoesThroughALinkBelowTheTop() throws IOException {
        Files.createDirectory(here.resolve("in"));
        Files.writeString(here.resolve("in/file"), "x");
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createDirectory(there);
        Files.createSymbolicLink(there.resolve("in"), elsewhere);

        Result put = offsite.run("put", here.toString(), there.toString());
        Result get = offsite.run("get", here.toString(), there.toString());

        assertThat(put.exit()).as("%s", put).isEqualTo(ExitCode.FAILED);
        assertThat(get.exit()).as("%s", get).isEqualTo(ExitCode.FAILED);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aCutLineIsTakenUpAgain() throws IOException {
        random(here.resolve("big"), 8 << 20);
        try (Proxy proxy = through()) {
            proxy.cutAfter(1 << 20, 1);
            Result put = offsite.run("put", here.toString(), there.toString());
            assertThat(put.exit()).as("%s", put).isZero();
            assertThat(proxy.cuts()).isOne();

            proxy.cutDownAfter(3 << 20);
            int before = proxy.connections();
            Result get = offsite.run("get", there.toString(), "back");
            assertThat(get.exit()).as("%s", get).isZero();
            assertThat(proxy.connections() - before).isGreaterThan(2);
        }
        assertThat(TestSite.tree(there)).isEqualTo(TestSite.tree(here));
        assertThat(TestSite.tree(folder.resolve("back"))).isEqualTo(TestSite.tree(here));
    }

    @Test
    void aRunThatWasCutIsFinishedByTheNext() throws IOException {
        random(here.resolve("big"), 8 << 20);
        Files.writeString(here.resolve("small"), "small");
        offsite.target("retries", "0");
        try (Proxy proxy = through()) {
            proxy.cutAfter(1 << 20, 1);
            Result cut = offsite.run("put", here.toString(), there.toString());
            assertThat(cut.exit()).as("%s", cut).isEqualTo(ExitCode.FAILED);
            assertThat(cut.complaints()).anyMatch(line -> line.contains("big not put: ") && line.contains("lost"));
            assertThat(there.resolve("big")).doesNotExist();
            assertThat(there.resolve("small")).hasContent("small");

            Result put = offsite.run("put", here.toString(), there.toString());
            assertThat(put.exit()).as("%s", put).isZero();
            assertThat(put.out()).startsWith("1 file put").contains("1 already there");
        }
        assertThat(TestSite.tree(there)).isEqualTo(TestSite.tree(here));
    }

    @Test
    void afterAKillNothingHalfHasAName() throws IOException {
        random(here.resolve("big"), 8 << 20);
        try (Proxy proxy = through()) {
            proxy.holdAfter(2 << 20);
            try (Running running = offsite.start("put", here.toString(), there.toString())) {
                await().until(proxy::held);
                running.kill();
            }
            assertThat(there.resolve("big")).doesNotExist();
            proxy.release();
            Result put = offsite.run("put", here.toString(), there.toString());
            assertThat(put.exit()).as("%s", put).isZero();
        }
        assertThat(TestSite.tree(there)).isEqualTo(TestSite.tree(here));
    }

    private Proxy through() throws IOException {
        Proxy proxy = new Proxy(shell);
        offsite.through(proxy);
        return proxy;
    }

    /** The server's disk, or the line behind SSH's own check. */
    @Test
    void whatArrivesDamagedNeverGetsItsName() throws IOException {
        try (EmbeddedServer server =
                EmbeddedServer.start(folder.resolve("embedded"), Exec.sha256sumAfter(PutGetIT::damageParts))) {
            TestSite site = TestSite.of(folder, server).target("retries", "1");
            Files.writeString(here.resolve("good"), "backup");
            Files.createDirectories(server.files().resolve("srv"));
            Files.writeString(server.files().resolve("srv/good"), "before");

            Result ran = site.run("put", "--overwrite", here.toString(), "/srv");

            assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
            assertThat(ran.err())
                    .contains("once more")
                    .contains("good not put: ")
                    .contains("differs");
            assertThat(server.files().resolve("srv/good")).hasContent("before");
            assertThat(TestSite.filesIn(server.files().resolve("srv"))).containsExactly("good");
        }
    }

    private static void damageParts(String command, Path root) {
        try (Stream<Path> files = Files.walk(root.resolve("srv"))) {
            for (Path part : files.filter(file -> file.toString().endsWith(".part"))
                    .filter(file -> command.contains(file.getFileName().toString()))
                    .toList()) {
                if (Files.readString(part).equals("backup")) {
                    Files.writeString(part, "BACKUP");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The service has the ledger open, and the lock. */
    @Test
    void worksWhileTheServiceRuns() throws Exception {
        Files.writeString(here.resolve("file"), "x");
        Files.createDirectories(offsite.state());
        try (StateLock lock = StateLock.take(offsite.state(), "serve");
                Ledger ledger = new Ledger(offsite.state().toString())) {
            ledger.start();
            assertThat(offsite.asProcess()
                            .run("put", here.resolve("file").toString(), there + "/")
                            .exit())
                    .isZero();
        }
    }

    /** What may be read need not be writable. */
    @Test
    void getsFromAServerThatLetsUsOnlyRead() throws IOException {
        try (OpenSshServer readOnly = OpenSshServer.start(folder.resolve("sshd"), "ForceCommand internal-sftp -R")) {
            offsite = TestSite.of(folder, readOnly);
            Files.writeString(here.resolve("file"), "x");

            Result get = offsite.run("get", here.toString(), "back");
            Result put = offsite.run("put", here.toString(), there.toString());

            assertThat(get.exit()).as("%s", get).isZero();
            assertThat(folder.resolve("back/file")).hasContent("x");
            assertThat(put.exit()).as("%s", put).isEqualTo(ExitCode.FAILED);
            assertThat(put.err()).contains("may not write to " + there);
        }
    }

    @Test
    void anyFolderOnTheServerIsListed() throws Exception {
        Files.createDirectories(here.resolve("folder"));
        Files.writeString(here.resolve("small"), "x");
        Files.writeString(here.resolve("large\n\033[31m"), "x".repeat(2000));
        Files.createSymbolicLink(here.resolve("link"), Path.of("nothing"));
        age(here.resolve("small"));

        Result people = offsite.run("list", "sftp:" + here, "--sort", "size");
        Result programs = offsite.run("list", "sftp:" + here.resolve("small"), "--json", "--job", "db");

        assertThat(people.exit()).as("%s", people).isZero();
        assertThat(people.out().lines().skip(1).filter(line -> line.contains(" large") || line.contains(" small")))
                .hasSize(2)
                .first()
                .asString()
                .matches("-rw-.*  2\\.0 KiB  20.* large\\\\n\\\\u001b\\[31m");
        assertThat(people.out()).containsPattern("\ndrwx.* folder/\n").containsPattern("\nlrwx.* link\n");
        JsonObject json = (JsonObject) Jsoner.deserialize(programs.out());
        assertThat(json).containsEntry("kind", "file").containsEntry("path", here + "/small");
        assertThat(programs.out())
                .contains("\"name\":\"small\"", "\"size\":1", "\"modified\":\"2001-02-03T04:05:06Z\"");
        assertThat(complaint(offsite.run("list", "sftp:" + there), ExitCode.FAILED))
                .contains("there is no " + there + " on ");
    }

    @Test
    void whatCannotBeMeantIsSaidInOneLine() throws IOException {
        Path file = Files.writeString(here.resolve("file"), "x");
        String job = offsite.root().toString();

        assertThat(complaint(offsite.run("put", "missing", "/srv"), ExitCode.FAILED))
                .contains("there is no " + folder.toRealPath().resolve("missing"));
        assertThat(complaint(offsite.run("get", there.toString(), "x"), ExitCode.FAILED))
                .contains("there is no " + there + " on ");
        assertThat(complaint(offsite.run("put", file.toString(), job + "/20260131/x"), ExitCode.CONFIGURATION))
                .contains("is the job db's own");

        offsite.target("port", "1");
        assertThat(complaint(offsite.run("put", file.toString(), there.toString()), ExitCode.TARGET))
                .contains("cannot be reached");
        offsite.job("port", "1").set("camel.routeTemplate[web].templateId", "ship");
        offsite.set("camel.routeTemplate[web].source", offsite.source().toString())
                .set("camel.routeTemplate[web].root", "/srv/web");
        offsite.set("camel.routeTemplate[web].host", "elsewhere");
        assertThat(complaint(offsite.run("get", there.toString(), "x"), ExitCode.CONFIGURATION))
                .contains("--job", "db (", "web (", "@elsewhere:");
        assertThat(there).doesNotExist();
    }

    private static String complaint(Result result, int exitCode) {
        assertThat(result.exit()).as("%s", result).isEqualTo(exitCode);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).as("%s", result).hasSize(1);
        return result.err();
    }

    private static void random(Path file, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    /** Gives everything a time of its own, folders last. */
    private static void age(Path top) throws IOException {
        long second = Instant.parse("2001-02-03T04:05:06Z").getEpochSecond();
        try (Stream<Path> paths = Files.walk(top)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(second++)));
            }
        }
    }

    /** All below: path to content and time of last change. */
    private static Map<String, String> dated(Path top) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        for (Map.Entry<String, String> entry : TestSite.tree(top).entrySet()) {
            Instant modified =
                    Files.getLastModifiedTime(top.resolve(entry.getKey())).toInstant();
            tree.put(entry.getKey(), entry.getValue() + " " + modified.getEpochSecond());
        }
        return tree;
    }
}
