package dev.offsite.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import dev.offsite.support.Age;
import dev.offsite.support.HostileNames;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random trees go out encrypted, through OpenSSH, and come back with Debian's age alone, and with Offsite. */
@RequiresSshd
@EnabledIf("dev.offsite.support.Age#isThere")
class EncryptedTreesIT {

    private static final int TREES = 100;

    /** At the borders of chunks, of what is sent in batches, and of what goes on after a cut. */
    private static final List<Integer> SIZES =
            List.of(0, 1, 17, 4096, 65_535, 65_536, 65_537, 131_072, 200_000, (4 << 20) + 1);

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite offsite;
    private Age age;

    @BeforeEach
    void start() throws Exception {
        server = OpenSshServer.start(folder.resolve("sshd"));
        age = Age.keygen(folder);
        offsite = TestSite.of(folder, server)
                .target("encrypt-to", age.recipient() + "," + Age.keygen(folder).recipient());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatComesBackIsIdentical(boolean hidden) throws Exception {
        offsite.target("encrypt-names", String.valueOf(hidden));
        Random random = new Random(hidden ? 2 : 1);
        List<Path> files = new ArrayList<>();
        // Several runs, each with its own part.
        for (int run = 0; run < 4; run++) {
            for (int tree = 0; tree < TREES / 4; tree++) {
                files.addAll(tree("tree " + run + "." + tree, random));
            }
            assertThat(offsite.run("ship").exit()).isZero();
        }
        assertThat(TestSite.tool(offsite.dated(), "sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS")
                        .exit())
                .isZero();
        Map<String, PlainFile> contents = contents();
        assertThat(contents).hasSize(files.size());
        for (Path file : files) {
            PlainFile content = contents.get(offsite.source().relativize(file).toString());
            assertThat(age.decrypt(offsite.dated().resolve(content.copy())))
                    .as(content.name())
                    .isEqualTo(Files.readAllBytes(file));
        }
        Path to = folder.resolve("restored");
        assertThat(offsite.run(
                                "restore",
                                "db",
                                "--to",
                                to.toString(),
                                "--identity",
                                age.identity().toString())
                        .exit())
                .isZero();
        assertThat(TestSite.tree(to)).isEqualTo(TestSite.tree(offsite.source()));
    }

    private Map<String, PlainFile> contents() throws Exception {
        Map<String, PlainFile> contents = new TreeMap<>();
        for (String name : TestSite.filesIn(offsite.dated())) {
            if (ManifestPart.isPart(name)) {
                ManifestPart.read(
                        new ByteArrayInputStream(age.decrypt(offsite.dated().resolve(name))),
                        file -> contents.put(file.name(), file));
            }
        }
        return contents;
    }

    private List<Path> tree(String name, Random random) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            String file = HostileNames.ALL.get(random.nextInt(HostileNames.ALL.size()));
            byte[] content =
                    new byte[SIZES.get(random.nextInt(random.nextInt(8) == 0 ? SIZES.size() : SIZES.size() - 1))];
            random.nextBytes(content);
            String below = name + "/" + "d/".repeat(random.nextInt(3)) + file;
            if (!Files.exists(offsite.source().resolve(below))) {
                files.add(offsite.backup(below, content));
            }
        }
        return files;
    }

    @Test
    void aNameThatIsTooLongWithItsEndingIsToldPlainly() throws Exception {
        offsite.backup("n".repeat(253), "content");
        TestSite.Result result = offsite.run("ship");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.complaints()).hasSize(1).first().asString().contains("encrypt-names");
        offsite.target("encrypt-names", "true");
        assertThat(offsite.run("ship").exit()).isZero();
    }
}
