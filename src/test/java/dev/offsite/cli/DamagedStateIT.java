package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 12, for the state folder: it is full, damaged or open to others, and each run still ends and says so. */
@RequiresSshd
@Timeout(180)
class DamagedStateIT {

    private static final byte[] NO_UTF_8 = {(byte) 0xff, (byte) 0xfe, 0, 'x', '\n'};

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite offsite;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server);
    }

    private static Result failed(Result result) {
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).as("%s", result).doesNotContain("\tat ", "Exception");
        return result;
    }

    /** Whether it is full from the start, or only when the ledger is to be written. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFullStateFolder(boolean fromTheStart) throws Exception {
        Files.createDirectories(offsite.state());
        assumeTrue(
                tool("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", offsite.state()), "needs the right to mount");
        try {
            offsite.backup("first", "first");
            if (!fromTheStart) {
                assertThat(offsite.run("ship").exit()).isZero();
            }
            Path filler = offsite.state().resolve("filler");
            fill(filler);
            offsite.backup("second", "second");
            offsite.backup("third", "third");

            Result full = failed(offsite.run("ship"));

            assertThat(full.err().lines().filter(line -> line.contains("No space left on device")))
                    .as("%s", full)
                    .hasSize(1)
                    .allSatisfy(
                            line -> assertThat(line).contains(offsite.state().toString()));
            Files.delete(filler);
            assertThat(offsite.run("ship").exit()).isZero();
            offsite.assertAllOffsite();
            assertThat(offsite.run("ship").out()).isEqualTo("db: nothing new\n");
        } finally {
            tool("umount", offsite.state());
        }
    }

    /** The ledger is opened again when there is space. */
    @Test
    void theServiceGoesOnAfterAFullStateFolder() throws Exception {
        Files.createDirectories(offsite.state());
        assumeTrue(
                tool("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", offsite.state()), "needs the right to mount");
        try (Running serving = offsite.job("poll", "200ms").start("serve")) {
            offsite.backup("first", "first");
            await().atMost(SOON).until(() -> serving.err().contains("first -> "));
            Path filler = offsite.state().resolve("filler");
            fill(filler);
            offsite.backup("second", "second");
            await().atMost(SOON).until(() -> serving.err().contains("No space left on device"));
            Files.delete(filler);
            await().atMost(SOON).until(() -> serving.err().contains("second -> "));

            serving.process().destroy();
            Result end = serving.end();

            assertThat(end.exit()).as("%s", end).isZero();
            assertThat(end.err()).as("%s", end).doesNotContain("\tat ");
            assertThat(offsite.run("ship").out()).isEqualTo("db: nothing new\n");
        } finally {
            tool("umount", offsite.state());
        }
        offsite.assertAllOffsite();
    }

    private static void fill(Path filler) throws IOException {
        for (int bytes : List.of(4096, 1)) {
            try (OutputStream out = Files.newOutputStream(
                    filler, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(new byte[bytes]);
                }
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("space");
            }
        }
    }

    private static boolean tool(Object... command) throws Exception {
        return new ProcessBuilder(Stream.of(command).map(Object::toString).toList())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"db.status", "ledger.mv"})
    void aDamagedFileIsNamedAndMovingItAwayHelps(String name) throws IOException {
        offsite.backup("first", "first");
        assertThat(offsite.run("ship").exit()).isZero();
        Path file = offsite.state().resolve(name);
        Files.write(file, NO_UTF_8);
        offsite.backup("second", "second");

        Result damaged = failed(offsite.run("ship"));

        assertThat(damaged.err().lines().filter(line -> line.contains(file.toString())))
                .as("%s", damaged)
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).contains("damaged", "move it away"));
        Files.move(file, folder.resolve("away"));
        Result again = offsite.run("ship");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.out()).contains("db: 1 file shipped");
        offsite.assertAllOffsite();
    }

    /** What a damaged file may say must not be taken for a good word. */
    @Test
    void aDamagedStatusOrVerificationHoldsPruningBack() throws IOException {
        offsite.backup("first", "first");
        assertThat(offsite.run("ship").exit()).isZero();
        Path status = offsite.state().resolve("db.status");
        for (String text : List.of("", "OKAY\n", "OK\ndamagf 3 copies\n")) {
            Files.writeString(status, text);
            assertThat(failed(offsite.run("prune")).err()).contains(status.toString(), "move it away");
        }
        Files.delete(status);
        Path sizes = Files.write(offsite.state().resolve("db.implausible"), NO_UTF_8);
        assertThat(failed(offsite.run("prune")).err()).contains(sizes.toString(), "move it away");
        Files.delete(sizes);
        Path drill = Files.writeString(offsite.state().resolve("db.drill"), "no drill\n");
        assertThat(failed(offsite.run("list")).err()).contains(drill.toString(), "move it away");
        Files.delete(drill);
        Path log;
        try (Stream<Path> files = Files.walk(offsite.state().resolve("verifications"))) {
            log = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.writeString(log, Files.readString(log).replace(" hash ", " damagef "));
        assertThat(failed(offsite.run("scrub")).err()).contains(log.toString(), "move it away");
        Files.delete(log);
        assertThat(offsite.run("scrub").exit()).isZero();
    }

    /** Another job has its own status file, and goes on. */
    @Test
    void aDamagedStatusStopsNoOtherJob() throws IOException {
        String other = "camel.routeTemplate[files].";
        offsite.set(other + "templateId", "ship")
                .set(other + "source", offsite.source().toString())
                .set(other + "root", offsite.root() + " files");
        Files.createDirectories(offsite.state());
        Files.write(offsite.state().resolve("db.status"), NO_UTF_8);
        offsite.backup("x", "x");

        assertThat(failed(offsite.run("ship")).out()).contains("files: 1 file shipped");
    }

    @Test
    void onlyItsOwnerMayReadTheState() throws IOException {
        Files.createDirectories(offsite.state());
        Files.setPosixFilePermissions(offsite.state(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Path old = Files.writeString(offsite.state().resolve("other.status"), "OK\n");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-rw-r--"));
        offsite.backup("x", "x");

        assertThat(offsite.run("ship").exit()).isZero();

        try (Stream<Path> all = Files.walk(offsite.state())) {
            assertThat(all.sorted(Comparator.naturalOrder()).toList())
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as("%s", path)
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }
}
