package dev.offsite.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartNamesTest {

    private static final String FOLDER = "/srv/db/20260131";
    private static final String NODE = "0badcafe";

    @TempDir
    Path state;

    @BeforeEach
    void keepSecret() throws IOException {
        Files.writeString(state.resolve("part-names.secret"), "0".repeat(63) + "7\n");
    }

    private String name(PartNames names) {
        return names.of(FOLDER, "a/dump", 1, 2);
    }

    /** Those that earlier versions gave: else what they left would not go on. */
    @Test
    void thoseOfASingleMachineStayAsTheyWere() {
        PartNames names = new PartNames(new StateFolder(state));

        assertThat(name(names)).isEqualTo("a/.offsite-2b7ad12e04d986f1377640d93002bfd8.part");
        assertThat(names.hidden("20260131", "a/dump")).isEqualTo("d65a6fa59824418d9eaf29e8aa40e84b");
    }

    @Test
    void thoseOfANodeTellWhoseTheyAre() {
        String single = name(new PartNames(new StateFolder(state)));
        PartNames names = new PartNames(new StateFolder(state), () -> NODE);
        PartNames other = new PartNames(new StateFolder(state), () -> "12345678");

        assertThat(TemporaryName.node(name(names))).isEqualTo(NODE);
        assertThat(name(names)).hasSameSizeAs(single).isNotEqualTo(name(other));
        assertThat(name(names).replace(NODE, "")).isEqualTo(name(other).replace("12345678", ""));
        assertThat(name(names)).startsWith(single.substring(0, "a/.offsite-12345678".length()));
        assertThat(TemporaryName.matches(name(names).substring(2))).isTrue();
    }

    @Test
    void theNamesOfEncryptedCopiesAreTheSameOnAllNodes() {
        PartNames names = new PartNames(new StateFolder(state), () -> NODE);

        assertThat(names.hidden("20260131", "a/dump"))
                .isEqualTo(new PartNames(new StateFolder(state)).hidden("20260131", "a/dump"));
    }

    @Test
    void oneWhoAsksAgainMayKeepThem() {
        AtomicReference<String> node = new AtomicReference<>(NODE);
        PartNames names = new PartNames(new StateFolder(state), node::get);
        PartNames now = names.ofNow();
        node.set("12345678");

        assertThat(TemporaryName.node(name(now))).isEqualTo(NODE);
        assertThat(TemporaryName.node(name(names))).isEqualTo("12345678");
    }

    @Test
    void whatIsNoPartFileIsOfNoNode() {
        assertThat(TemporaryName.node(".offsite-lock-takeover")).isEmpty();
        assertThat(TemporaryName.node("/a/.offsite-lock")).isEmpty();
        assertThat(TemporaryName.node("dump")).isEmpty();
        assertThat(TemporaryName.node("")).isEmpty();
    }
}
