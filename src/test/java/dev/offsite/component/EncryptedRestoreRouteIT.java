package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.age.AgeKeyPair;
import dev.offsite.drill.DrillResult;
import dev.offsite.restore.EncryptedException;
import dev.offsite.restore.RestoreResult;
import dev.offsite.support.Bench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The option {@code identity} of {@code offsite:get}, {@code restore} and {@code drill}. */
@Timeout(60)
class EncryptedRestoreRouteIT {

    private static final AgeKeyPair PAIR = AgeKeyPair.make();

    @TempDir
    private Path folder;

    private Bench bench;
    private Path to;
    private String identity;

    @BeforeEach
    void ship() throws Exception {
        bench = new Bench(folder)
                .set("camel.routeTemplate[db].encrypt-to", PAIR.recipient())
                .start();
        bench.backup("a.dump", "the file a".getBytes(StandardCharsets.UTF_8));
        assertThat(bench.run().succeeded()).isTrue();
        assertThat(bench.root().resolve("20260131/a.dump.age")).exists();
        to = folder.resolve("to");
        identity = "?identity=" + key("key", PAIR);
    }

    @AfterEach
    void stop() throws IOException {
        bench.close();
    }

    private Path key(String name, AgeKeyPair pair) throws IOException {
        Path key = Files.writeString(folder.resolve(name), pair.identity() + "\n");
        return Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void oneCopyIsDecrypted() {
        Exchange file = bench.request(
                "offsite:get" + identity, OffsiteConstants.NAME, "a.dump", OffsiteConstants.TO, to.toString());

        assertThat(file.getException()).isNull();
        assertThat(to).hasContent("the file a");
        assertThat(file.getMessage().getHeaders())
                .containsEntry(OffsiteConstants.PATH, Bench.ROOT + "/20260131/a.dump.age")
                .containsEntry(OffsiteConstants.SIZE, 10L);
    }

    @Test
    void aFolderIsDecrypted() {
        Exchange all = bench.request("offsite:restore" + identity, OffsiteConstants.TO, to);

        assertThat(all.getException()).isNull();
        assertThat(all.getMessage().getBody(RestoreResult.class).files()).isEqualTo(1);
        assertThat(to.resolve("a.dump")).hasContent("the file a");
    }

    @Test
    void aDrillDecrypts() throws IOException {
        assertThat(bench.request("offsite:drill" + identity).getMessage().getBody(DrillResult.class))
                .matches(DrillResult::succeeded);
        Files.write(bench.root().resolve("20260131/a.dump.age"), new byte[] {1});
        assertThat(bench.request("offsite:drill" + identity)
                        .getMessage()
                        .getBody(DrillResult.class)
                        .succeeded())
                .isFalse();
    }

    @Test
    void withoutTheRightIdentityNothingComes() throws IOException {
        String other = "?identity=" + key("other", AgeKeyPair.make());

        assertThat(bench.request("offsite:restore", OffsiteConstants.TO, to).getException())
                .isInstanceOf(EncryptedException.class);
        assertThat(bench.request("offsite:restore" + other, OffsiteConstants.TO, to)
                        .getException())
                .isInstanceOf(EncryptedException.class)
                .hasMessageContaining("another key");
        assertThat(bench.request("offsite:get" + other, OffsiteConstants.NAME, "a.dump", OffsiteConstants.TO, to)
                        .getException())
                .isInstanceOf(EncryptedException.class);
        assertThat(to).doesNotExist();
    }

    @Test
    void anIdentityThatOthersCanReadOrThatIsNotThereIsNamed() throws IOException {
        Files.setPosixFilePermissions(folder.resolve("key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(bench.request("offsite:restore" + identity, OffsiteConstants.TO, to)
                        .getException())
                .hasMessageContaining(folder.resolve("key") + " can be read by others");
        assertThat(bench.request("offsite:restore?identity=" + folder.resolve("none"), OffsiteConstants.TO, to)
                        .getException())
                .hasMessageContaining(folder.resolve("none").toString());
        assertThat(to).doesNotExist();
    }
}
