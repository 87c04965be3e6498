package dev.offsite.restore;

import static dev.offsite.restore.Things.SHA256;
import static dev.offsite.restore.Things.THEN;
import static dev.offsite.restore.Things.file;
import static dev.offsite.restore.Things.folder;
import static dev.offsite.restore.Things.link;
import static dev.offsite.restore.Things.place;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.proof.Manifest;
import dev.offsite.proof.Proof;
import dev.offsite.transfer.ProofLog;
import dev.offsite.transfer.RemoteEntry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GenerationTest {

    private final Map<String, RemoteEntry> tree = new TreeMap<>();
    private final Map<String, ProofLog.Entry> log = new HashMap<>();

    private Generation of(String... listed) {
        Map<String, String> sums = new TreeMap<>();
        Arrays.stream(listed).forEach(name -> sums.put(name, SHA256));
        return Generation.of(place("20260131"), tree, Optional.of(new Manifest(sums).format()), log);
    }

    private void proven(String name, String sha256, Proof proof) {
        log.put(name, new ProofLog.Entry(name, sha256, Optional.ofNullable(proof), THEN));
    }

    @Test
    void allThatIsListedIsThere() {
        tree.put("a", file("a", 3));
        tree.put("in", folder("in"));
        tree.put("in/b", file("b", 4));
        tree.put(Manifest.NAME, file(Manifest.NAME, 100));
        tree.put(".offsite-0123456789abcdef0123456789abcdef.part", file("x", 100));
        proven("a", SHA256, Proof.SHA256SUM);
        proven("in/b", SHA256, Proof.SIZE);

        Generation generation = of("a", "in/b");

        assertThat(generation.state()).isEqualTo(Generation.State.COMPLETE);
        assertThat(generation.items()).extracting(Item::proofWord).containsExactly("sha256sum", "size");
        assertThat(generation.bytes()).isEqualTo(7);
        assertThat(generation.proofWord()).as("the weakest").isEqualTo("size");
    }

    @Test
    void aProofSpeaksOnlyOfTheHashThatIsListed() {
        tree.put("a", file("a", 3));
        proven("a", "0".repeat(64), Proof.SHA256SUM);

        assertThat(of("a").items()).extracting(Item::state).containsExactly(Item.State.LISTED);
        assertThat(of("a").proofWord()).isEqualTo("listed");
    }

    @Test
    void whatIsWrongIsCounted() {
        tree.put("damaged", file("damaged", 3));
        tree.put("link", link("link"));
        tree.put("blocked", link("blocked"));
        tree.put("folder", folder("folder"));
        tree.put("more", file("more", 3));
        proven("damaged", SHA256, null);

        Generation generation = of("damaged", "gone", "link", "blocked/x", "folder");

        assertThat(generation.state()).isEqualTo(Generation.State.DAMAGED);
        assertThat(generation.problem()).isEqualTo("1 damaged, 1 missing, 3 no regular file");
        assertThat(generation.copies()).extracting(Item::name).containsExactly("damaged");
        assertThat(generation.items())
                .filteredOn(item -> item.state() == Item.State.UNPROVEN)
                .extracting(Item::name)
                .containsExactly("blocked", "more");
    }

    @Test
    void withoutAManifestNothingIsProven() {
        tree.put("a", file("a", 3));

        Generation generation = Generation.of(place("20260131"), tree, Optional.empty(), log);

        assertThat(generation.state()).isEqualTo(Generation.State.UNPROVEN);
        assertThat(generation.listed()).isFalse();
        assertThat(generation.copies()).isEmpty();
    }

    @Test
    void aManifestThatCannotBeReadIsDamage() {
        tree.put("a", file("a", 3));

        Generation generation =
                Generation.of(place("20260131"), tree, Optional.of(SHA256 + "  ../../etc/passwd\n"), log);

        assertThat(generation.state()).isEqualTo(Generation.State.DAMAGED);
        assertThat(generation.problem()).startsWith("SHA256SUMS line 1: ");
        assertThat(generation.listed()).isFalse();
    }

    @Test
    void aNameThatLeadsElsewhereTakesNoOtherCopyWithIt() {
        tree.put("a", file("a", 3));
        String manifest = SHA256 + "  ../../etc/passwd\n" + SHA256 + "  a\n" + SHA256 + "  /etc/shadow\n";

        Generation generation = Generation.of(place("20260131"), tree, Optional.of(manifest), log);

        assertThat(generation.state()).isEqualTo(Generation.State.DAMAGED);
        assertThat(generation.problem()).isEqualTo("2 refused");
        assertThat(generation.copies()).extracting(Item::name).containsExactly("a");
        assertThat(generation.items())
                .filteredOn(item -> item.state() == Item.State.REFUSED)
                .allMatch(item -> item.entry().isEmpty() && !item.restorable())
                .extracting(Item::name)
                .containsExactly("../../etc/passwd", "/etc/shadow");
    }

    @Test
    void anEmptyManifestIsAManifest() {
        assertThat(of().listed()).isTrue();
        assertThat(of().proofWord()).isEqualTo("-");
    }
}
