package dev.offsite.catalog;

import static dev.offsite.support.Things.SHA256;
import static dev.offsite.support.Things.THEN;
import static dev.offsite.support.Things.file;
import static dev.offsite.support.Things.folder;
import static dev.offsite.support.Things.link;
import static dev.offsite.support.Things.place;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestReader;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.verify.VerificationLog;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    private final Map<String, RemoteFile> tree = new TreeMap<>();
    private final Map<String, VerificationLog.Entry> log = new HashMap<>();
    private boolean alone = true;

    private Snapshot of(String... listed) {
        Map<String, String> sums = new TreeMap<>();
        Arrays.stream(listed).forEach(name -> sums.put(name, SHA256));
        return Snapshot.of(
                place("20260131"), tree, Optional.of(ManifestReader.of(new Manifest(sums).format())), log, alone);
    }

    private void verified(String name, String sha256, VerificationMethod verification) {
        log.put(name, new VerificationLog.Entry(name, sha256, Optional.ofNullable(verification), THEN));
    }

    @Test
    void allThatIsListedIsThere() {
        tree.put("a", file("a", 3));
        tree.put("in", folder("in"));
        tree.put("in/b", file("b", 4));
        tree.put(Manifest.NAME, file(Manifest.NAME, 100));
        tree.put(".offsite-0123456789abcdef0123456789abcdef.part", file("x", 100));
        verified("a", SHA256, VerificationMethod.HASH);
        verified("in/b", SHA256, VerificationMethod.SIZE);

        Snapshot snapshot = of("a", "in/b");

        assertThat(snapshot.state()).isEqualTo(Snapshot.State.COMPLETE);
        assertThat(snapshot.items()).extracting(SnapshotFile::verificationWord).containsExactly("hash", "size");
        assertThat(snapshot.bytes()).isEqualTo(7);
        assertThat(snapshot.verificationWord()).as("the weakest").isEqualTo("size");
    }

    @Test
    void aLineOfAnotherHashThanWasVerifiedWasRewritten() {
        tree.put("a", file("a", 3));
        verified("a", "0".repeat(64), VerificationMethod.HASH);

        Snapshot snapshot = of("a");

        assertThat(snapshot.items()).extracting(SnapshotFile::state).containsExactly(SnapshotFile.State.REWRITTEN);
        assertThat(snapshot.state()).isEqualTo(Snapshot.State.DAMAGED);
        assertThat(snapshot.problem()).isEqualTo("1 rewritten");

        VerificationLog.Entry verified = log.get("a");
        log.put("a", verified.lost(VerificationLog.Loss.GIVEN_UP, THEN));
        assertThat(of("a").items())
                .as("given up, it is what the server says")
                .extracting(SnapshotFile::state)
                .containsExactly(SnapshotFile.State.LISTED);
    }

    @Test
    void inASharedRootAVerificationSpeaksOnlyOfTheHashThatIsListed() {
        alone = false;
        tree.put("a", file("a", 3));
        verified("a", "0".repeat(64), VerificationMethod.HASH);

        assertThat(of("a").items()).extracting(SnapshotFile::state).containsExactly(SnapshotFile.State.LISTED);
        assertThat(of("a").verificationWord()).isEqualTo("listed");
    }

    @Test
    void whatIsWrongIsCounted() {
        tree.put("damaged", file("damaged", 3));
        tree.put("link", link("link"));
        tree.put("blocked", link("blocked"));
        tree.put("folder", folder("folder"));
        tree.put("more", file("more", 3));
        verified("damaged", SHA256, null);

        Snapshot snapshot = of("damaged", "gone", "link", "blocked/x", "folder");

        assertThat(snapshot.state()).isEqualTo(Snapshot.State.DAMAGED);
        assertThat(snapshot.problem()).isEqualTo("1 damaged, 1 missing, 3 no regular file");
        assertThat(snapshot.copies()).extracting(SnapshotFile::name).containsExactly("damaged");
        assertThat(snapshot.items())
                .filteredOn(item -> item.state() == SnapshotFile.State.UNVERIFIED)
                .extracting(SnapshotFile::name)
                .containsExactly("blocked", "more");
    }

    @Test
    void withoutAManifestNothingIsVerified() {
        tree.put("a", file("a", 3));

        Snapshot snapshot = Snapshot.of(place("20260131"), tree, Optional.empty(), log, alone);

        assertThat(snapshot.state()).isEqualTo(Snapshot.State.UNVERIFIED);
        assertThat(snapshot.listed()).isFalse();
        assertThat(snapshot.copies()).isEmpty();
    }

    @Test
    void aManifestThatCannotBeReadIsDamage() {
        tree.put("a", file("a", 3));

        Snapshot snapshot = Snapshot.of(
                place("20260131"), tree, Optional.of(ManifestReader.of(SHA256 + "  ../../etc/passwd\n")), log, alone);

        assertThat(snapshot.state()).isEqualTo(Snapshot.State.DAMAGED);
        assertThat(snapshot.problem()).startsWith("SHA256SUMS line 1: ");
        assertThat(snapshot.listed()).isFalse();
    }

    @Test
    void aNameThatLeadsElsewhereTakesNoOtherCopyWithIt() {
        tree.put("a", file("a", 3));
        String manifest = SHA256 + "  ../../etc/passwd\n" + SHA256 + "  a\n" + SHA256 + "  /etc/shadow\n";

        Snapshot snapshot = Snapshot.of(place("20260131"), tree, Optional.of(ManifestReader.of(manifest)), log, alone);

        assertThat(snapshot.state()).isEqualTo(Snapshot.State.DAMAGED);
        assertThat(snapshot.problem()).isEqualTo("2 refused");
        assertThat(snapshot.copies()).extracting(SnapshotFile::name).containsExactly("a");
        assertThat(snapshot.items())
                .filteredOn(item -> item.state() == SnapshotFile.State.REFUSED)
                .allMatch(item -> item.entry().isEmpty() && !item.restorable())
                .extracting(SnapshotFile::name)
                .containsExactly("../../etc/passwd", "/etc/shadow");
    }

    @Test
    void anEmptyManifestIsAManifest() {
        assertThat(of().listed()).isTrue();
        assertThat(of().verificationWord()).isEqualTo("-");
    }
}
