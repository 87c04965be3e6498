package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.HashingInputStream;
import dev.offsite.support.Age;
import dev.offsite.support.HostileNames;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** {@code put} that encrypts and {@code get} that decrypts, beside Debian's age. */
@RequiresSshd
@EnabledIf("dev.offsite.support.Age#isThere")
@Timeout(180)
class EncryptedTransferIT {

    private static final Instant TIME = Instant.parse("2001-02-03T04:05:06Z");

    @TempDir
    static Path servers;

    private static OpenSshServer server;

    @TempDir
    Path folder;

    private TestSite offsite;
    private Age age;
    private Path here;
    private Path there;

    @BeforeAll
    static void startServer() throws IOException {
        server = OpenSshServer.start(servers.resolve("sshd"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void install() throws Exception {
        age = Age.keygen(folder);
        offsite = TestSite.of(folder, server).target("encrypt-to", age.recipient());
        here = Files.createDirectory(folder.toRealPath().resolve("here"));
        there = folder.toRealPath().resolve("there");
    }

    private Result put(String... more) {
        return run("put", more, here.toString(), there.toString());
    }

    private Result get(String to, String... more) {
        return run("get", more, there.toString(), to);
    }

    private Result run(String verb, String[] more, String... places) {
        return offsite.run(Stream.of(Stream.of(verb), Stream.of(more), Stream.of(places))
                .flatMap(words -> words)
                .toArray(String[]::new));
    }

    private String identity() {
        return "--identity=" + age.identity();
    }

    private static byte[] random(Path file, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return bytes;
    }

    /** By name: content, time and mode of each file. */
    private static Map<String, String> files(Path top) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        top.relativize(file).toString(),
                        HashingInputStream.sha256(file, read -> {})
                                + Files.getLastModifiedTime(file).toInstant().getEpochSecond()
                                + Files.getPosixFilePermissions(file));
            }
        }
        return files;
    }

    private static JsonObject file(Result result, String name) throws Exception {
        JsonArray files = ((JsonObject) Jsoner.deserialize(result.out())).getCollection("files");
        return files.stream()
                .map(JsonObject.class::cast)
                .filter(file -> file.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTreeIsEncryptedThereAndComesBackAsItWent() throws Exception {
        HostileNames.create(here);
        Files.write(here.resolve("nothing in it"), new byte[0]);
        Files.writeString(here.resolve("already.age"), "not encrypted, in spite of its name");
        random(here.resolve("one chunk"), 64 << 10);
        random(here.resolve("sub/big"), (9 << 20) + 17);
        for (String name : files(here).keySet()) {
            Path file = here.resolve(name);
            Files.setLastModifiedTime(file, FileTime.from(TIME));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        }
        Map<String, String> before = files(here);

        Result put = put("--json");
        assertThat(put.exit()).as("%s", put).isZero();
        assertThat(files(there).keySet())
                .containsExactlyInAnyOrderElementsOf(
                        before.keySet().stream().map(name -> name + ".age").toList());
        for (String name : before.keySet()) {
            Path copy = there.resolve(name + ".age");
            assertThat(age.decrypt(copy)).as(name).isEqualTo(Files.readAllBytes(here.resolve(name)));
            JsonObject said = file(put, name + ".age");
            assertThat(said).containsEntry("state", "transferred").containsEntry("verification", "hash");
            assertThat(said.getString("sha256")).isEqualTo(HashingInputStream.sha256(copy, read -> {}));
            assertThat(said.getLong("size")).isEqualTo(Files.size(copy));
            assertThat(said.getString("contentSha256"))
                    .isEqualTo(HashingInputStream.sha256(here.resolve(name), read -> {}));
            assertThat(said.getLong("contentSize")).isEqualTo(Files.size(here.resolve(name)));
        }

        Result got = get("back", identity(), "--json");
        assertThat(got.exit()).as("%s", got).isZero();
        assertThat(files(folder.resolve("back"))).isEqualTo(before);
        assertThat(file(got, "sub/big").getString("contentSha256"))
                .isEqualTo(HashingInputStream.sha256(here.resolve("sub/big"), read -> {}));

        assertThat(get("sealed").exit()).isZero();
        assertThat(files(folder.resolve("sealed"))).isEqualTo(files(there));
    }

    /** Nothing that is there can be compared with a file here without a key. */
    @Test
    void whatIsThereIsNeitherSkippedNorReplacedUnlessToldSo() throws Exception {
        Files.writeString(here.resolve("file"), "one");
        assertThat(put().exit()).isZero();
        byte[] first = Files.readAllBytes(there.resolve("file.age"));

        Result again = put();
        assertThat(again.exit()).as("%s", again).isEqualTo(ExitCode.FAILED);
        assertThat(again.complaints())
                .singleElement()
                .asString()
                .contains("file not put: ", "cannot be compared", "--overwrite");
        assertThat(there.resolve("file.age")).hasBinaryContent(first);

        assertThat(put("--overwrite").exit()).isZero();
        assertThat(Files.readAllBytes(there.resolve("file.age"))).isNotEqualTo(first);
        assertThat(age.decrypt(there.resolve("file.age")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("one");
    }

    @Test
    void aSingleFileHasTheNameThatTheUserExpects() throws Exception {
        Path file = Files.writeString(here.resolve("dump"), "one");
        Path sealed = Files.writeString(here.resolve("secrets.age"), "two");
        Files.createDirectory(there);
        assertPut(file, there + "/", "dump.age");
        assertPut(file, there + "/new", "new.age");
        assertPut(file, there + "/own.age", "own.age");
        assertPut(sealed, there + "/", "secrets.age.age");

        assertGot("dump.age", "into/", "into/dump");
        assertGot("dump.age", "named", "named");
        assertGot("dump.age", "named.age", "named.age");
        assertGot("secrets.age.age", "into/", "into/secrets.age");
        Result own = offsite.run("get", identity(), there.resolve("dump.age").toString());
        assertThat(own.exit()).as("%s", own).isZero();
        assertThat(own.out()).contains(" to " + folder.toRealPath().resolve("dump") + " from ");
        assertThat(folder.resolve("dump")).hasContent("one");
        assertThat(TestSite.filesIn(folder)).noneMatch(name -> name.endsWith(".part"));
    }

    private void assertPut(Path file, String to, String as) throws Exception {
        Result put = offsite.run("put", file.toString(), to);
        assertThat(put.exit()).as("%s", put).isZero();
        assertThat(put.out()).startsWith("1 file put and verified to " + there.resolve(as) + " on ");
        assertThat(age.decrypt(there.resolve(as))).isEqualTo(Files.readAllBytes(file));
    }

    private void assertGot(String from, String to, String at) {
        Result get = offsite.run("get", identity(), there.resolve(from).toString(), to);
        assertThat(get.exit()).as("%s", get).isZero();
        assertThat(folder.resolve(at)).hasContent(from.startsWith("secrets") ? "two" : "one");
    }

    @Test
    void aCutUploadGoesOnWithTheSameKeyAndThereIsNothingPlain() throws Exception {
        byte[] content = "a line that is easily found\n".repeat(400_000).getBytes(StandardCharsets.UTF_8);
        Files.write(here.resolve("big"), content);
        offsite.target("retries", "0");
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            proxy.cutAfter(9 << 20, 1);
            Result cut = put();
            assertThat(cut.exit()).as("%s", cut).isEqualTo(ExitCode.FAILED);
            List<Path> parts = parts();
            assertThat(parts).hasSize(1);
            byte[] before = Files.readAllBytes(parts.get(0));
            assertThat(new String(before, StandardCharsets.ISO_8859_1))
                    .startsWith("age-encryption.org/v1\n")
                    .doesNotContain("easily found");

            long bytes = proxy.bytes();
            Result put = put();
            assertThat(put.exit()).as("%s", put).isZero();
            assertThat(put.err()).contains("goes on at ");
            assertThat(proxy.bytes() - bytes).isLessThan(content.length / 2);
            byte[] copy = Files.readAllBytes(there.resolve("big.age"));
            assertThat(copy).startsWith(java.util.Arrays.copyOf(before, 4 << 20));
        }
        assertThat(age.decrypt(there.resolve("big.age"))).isEqualTo(content);
        assertThat(parts()).isEmpty();
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> files = Files.list(there)) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        }
    }

    @Test
    void whatDoesNotOpenIsNamedAndTheRestComes() throws Exception {
        Files.writeString(here.resolve("mine"), "mine");
        Files.writeString(here.resolve("damaged"), "damaged");
        put();
        Age other = Age.keygen(folder);
        Files.writeString(folder.resolve("foreign"), "foreign");
        offsite.run("put", "--encrypt-to", other.recipient(), "foreign", there + "/");
        byte[] bytes = Files.readAllBytes(there.resolve("damaged.age"));
        bytes[bytes.length - 1] ^= 1;
        Files.write(there.resolve("damaged.age"), bytes);
        Files.writeString(there.resolve("no.age"), "an age, but not encrypted");
        Files.writeString(there.resolve(".age"), "no name");
        Files.writeString(there.resolve("armored.age"), "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n");

        Result got = get("back", identity());

        assertThat(got.exit()).as("%s", got).isEqualTo(ExitCode.FAILED);
        assertThat(got.complaints())
                .hasSize(3)
                .anyMatch(line -> line.contains(" foreign.age not got: it cannot be decrypted: none of the identities"))
                .anyMatch(line ->
                        line.contains(" armored.age not got: it cannot be decrypted: ") && line.contains("age -d"))
                .anyMatch(line -> line.contains(" damaged.age not got: it cannot be decrypted: it is damaged"));
        assertThat(TestSite.tree(folder.resolve("back")).keySet()).containsExactlyInAnyOrder("mine", "no.age", ".age");
        assertThat(folder.resolve("back/mine")).hasContent("mine");
        assertThat(folder.resolve("back/no.age")).hasContent("an age, but not encrypted");

        Result both = get("both", identity(), "--identity-command=cat '" + other.identity() + "'");
        assertThat(both.complaints()).as("%s", both).hasSize(2);
        assertThat(folder.resolve("both/foreign")).hasContent("foreign");
    }

    @Test
    void twoFilesThatWouldHaveOneNameNeverReplaceEachOther() throws Exception {
        Files.writeString(here.resolve("x"), "encrypted");
        put();
        Files.writeString(there.resolve("x"), "plain");

        Result got = get("back", identity(), "--overwrite");

        assertThat(got.exit()).as("%s", got).isEqualTo(ExitCode.FAILED);
        assertThat(got.complaints()).singleElement().asString().contains(" x.age not got: ", "x, which is there too");
        assertThat(TestSite.tree(folder.resolve("back")).keySet()).containsExactly("x");
        assertThat(folder.resolve("back/x")).hasContent("plain");
        assertThat(offsite.run("get", identity(), there.resolve("x.age").toString(), "other")
                        .exit())
                .isZero();
        assertThat(folder.resolve("other")).hasContent("encrypted");
    }

    @Test
    void whatWasDecryptedBeforeIsComparedAndAnotherFileLeftAlone() throws Exception {
        Files.writeString(here.resolve("same"), "same");
        Files.writeString(here.resolve("other"), "other");
        put();
        Path back = Files.createDirectory(folder.resolve("back"));
        Files.writeString(back.resolve("same"), "same");
        Files.writeString(back.resolve("other"), "OTHER");

        Result got = get("back", identity());

        assertThat(got.exit()).as("%s", got).isEqualTo(ExitCode.FAILED);
        assertThat(got.out()).contains(", 1 already there, 1 NOT got");
        assertThat(got.complaints()).singleElement().asString().contains("other.age not got: ", "--overwrite");
        assertThat(back.resolve("other")).hasContent("OTHER");
        assertThat(get("back", identity(), "--overwrite").exit()).isZero();
        assertThat(back.resolve("other")).hasContent("other");
        assertThat(TestSite.filesIn(back)).containsExactlyInAnyOrder("same", "other");
    }

    @Test
    void whoCanReadItIsTheJobsWordOrTheUsers() throws Exception {
        Path file = Files.writeString(here.resolve("file"), "one");
        String to = there + "/made/";
        assertThat(offsite.run("put", "--encrypt-to", "none", file.toString(), to)
                        .exit())
                .isZero();
        assertThat(there.resolve("made/file")).hasContent("one");

        Age other = Age.keygen(folder);
        Files.writeString(folder.resolve("people.txt"), "# us\n" + age.recipient() + "\n" + other.recipient() + "\n");
        assertThat(offsite.run("put", "--encrypt-to", "people.txt", file.toString(), to)
                        .exit())
                .isZero();
        assertThat(age.decrypt(there.resolve("made/file.age"))).asString().isEqualTo("one");
        assertThat(other.decrypt(there.resolve("made/file.age"))).asString().isEqualTo("one");

        assertComplaint("no recipient of age", "put", "--encrypt-to", "age1x", file.toString(), to);
        assertComplaint("there is no file", "put", "--encrypt-to", "nobody", file.toString(), to);
        assertComplaint("there is no file", "get", "--identity", "nobody", there.toString(), "back");

        offsite.job("encrypt-to", age.recipient())
                .set("camel.routeTemplate[web].templateId", "ship")
                .set("camel.routeTemplate[web].source", offsite.source().toString())
                .set("camel.routeTemplate[web].root", "/srv/web")
                .set("camel.routeTemplate[web].encryptTo", other.recipient());
        assertComplaint("encrypt for whom", "put", file.toString(), to);
        Result named = offsite.run("put", "--overwrite", "--job", "web", file.toString(), to);
        assertThat(named.exit()).as("%s", named).isZero();
        assertThat(other.decrypt(there.resolve("made/file.age"))).asString().isEqualTo("one");
    }

    private void assertComplaint(String text, String... words) {
        Result result = offsite.run(words);
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(result.err().lines()).as("%s", result).hasSize(1);
        assertThat(result.err()).contains(text);
    }
}
