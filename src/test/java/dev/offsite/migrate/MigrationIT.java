package dev.offsite.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.offsite.cluster.ClusterException;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.Clusters;
import dev.offsite.cluster.MigratableCluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.cluster.TextMap;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFolder;
import dev.offsite.ledger.LedgerStore;
import dev.offsite.migrate.Migration.Result;
import dev.offsite.migrate.MigrationException.Kind;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A state folder and a real database. */
@Timeout(120)
class MigrationIT {

    private static final List<String> MAPS = List.of("copies", "openFolders", "unsettled", "searched", "published");
    private static final int MANY = 12_345;
    /** In PostgreSQL the first one is behind the second one; in the file, before it. */
    private static final List<String> SORTED_DIFFERENTLY =
            List.of("root@host:22:/srv \uD83D\uDE00 1 1", "root@host:22:/srv \uFF21 1 1");

    @AutoClose
    private static PostgresServer server;

    @TempDir
    private Path folder;

    private Path state;
    private ClusterSettings settings;
    private MigratableCluster cluster;

    @BeforeAll
    static void startServer() throws IOException {
        server = PostgresServer.start();
    }

    @BeforeEach
    void open() throws IOException {
        state = Files.createDirectory(folder.resolve("state"));
        settings = server.database();
        cluster = Clusters.toMigrate(settings, "1", getClass().getClassLoader());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private Migration migration(Path place) {
        return migration(place, entries -> {});
    }

    private Migration migration(Path place, LongConsumer heard) {
        return new Migration(place, cluster, Clock.systemUTC(), new Migration.Progress() {
            @Override
            public void total(long entries) {}

            @Override
            public void accept(long entries) {
                heard.accept(entries);
            }
        });
    }

    private void fill() throws IOException {
        Map<String, String> copies = new TreeMap<>();
        IntStream.range(0, MANY)
                .forEach(i -> copies.put("root@host:22:/srv /src/größe %d 17640000 %d".formatted(i, i), "" + i));
        SORTED_DIFFERENTLY.forEach(key -> copies.put(key, ""));
        try (LedgerStore ledger = LedgerStore.open(state.resolve("ledger.mv"))) {
            ledger.map("copies").putAll(copies);
            ledger.map("openFolders").put("d /srv/db/20261130", "/srv/db/20261130");
            ledger.map("openFolders").put("d /srv/db/20261130/a b", "/srv/db/20261130/a b");
            ledger.map("unsettled").put("u", "2026-11-30T00:00:00Z 20261130");
            ledger.map("searched").put("s", "");
            ledger.map("published").put("p", "20261130 abc");
        }
        StateFolder texts = new StateFolder(state);
        for (String name : List.of(
                "db.status",
                "db.memory",
                "a.b.root",
                "root%40host%3A22.sync",
                "history/db/2026-11.jsonl",
                "verifications/x/20261130",
                "verifications/x/.debts",
                "contents/x/20261130",
                "uploads/0123",
                "notify/mail/told",
                "part-names.secret",
                "hash-commands.properties")) {
            texts.replace(name, name.endsWith("status") ? "OK\n" : "text of " + name + "\n", false);
        }
        texts.replace("db.drill", "", false);
        // Each piece would end in the middle of a character.
        texts.replace("verifications/x/20261129", "x" + "\uD83D\uDE00".repeat(200_000), false);
    }

    /** The texts and maps of a folder. */
    private static Map<String, Map<String, String>> known(Path state) throws IOException {
        Map<String, Map<String, String>> known = new TreeMap<>();
        Map<String, String> texts = new TreeMap<>();
        StateFolder folder = new StateFolder(state);
        folder.all().stream()
                .filter(SharedTexts::contains)
                .forEach(name -> texts.put(name, folder.text(name).orElseThrow()));
        known.put("texts", texts);
        try (LedgerStore ledger = LedgerStore.open(state.resolve("ledger.mv"))) {
            MAPS.forEach(name -> known.put(name, entries(ledger.map(name))));
        }
        return known;
    }

    private static Map<String, String> entries(TextMap map) {
        Map<String, String> entries = new TreeMap<>();
        map.each("", (key, value) -> entries.put(key, value) == null);
        return entries;
    }

    @Test
    void thereAndBackIsIdentical() throws Exception {
        fill();
        String owner = migrate();
        Map<String, Map<String, String>> before = known(state);
        assertThat(before.get("texts")).hasSize(15).containsEntry("owner", owner);
        assertThat(cluster.map("copies").size()).isEqualTo(MANY + 2);
        assertThat(entries(cluster.map("openFolders")))
                .containsEntry("d 00000000 /srv/db/20261130/a b", "00000000 /srv/db/20261130/a b");
        // A node has the same one open, and one more.
        cluster.map("openFolders").putAll(Map.of("d 12345678 /srv/db/20261130", "12345678 /srv/db/20261130"));

        for (Path back : List.of(folder.resolve("other"), state)) {
            Files.createDirectories(back);
            if (back.equals(state)) {
                // The database takes no part in that: it says that all is in the other folder.
                cluster.state().delete("migration");
            }
            Result result = migration(back).toFolder();
            assertThat(result.texts()).isEqualTo(15);
            assertThat(known(back)).isEqualTo(before);
            assertThat(back.resolve("migration")).doesNotExist();
        }
    }

    private String migrate() {
        Result result = migration(state).toCluster();
        assertThat(result).isEqualTo(new Result(MANY + 7, 15, true));
        return cluster.state().text("owner").orElseThrow();
    }

    @Test
    void whatBelongsToTheMachineStaysThere() throws Exception {
        fill();
        Map<String, String> own = Map.of(
                "lock", "a",
                "memory.lock", "b",
                "connections.known", "c",
                "db.command", "d",
                "pings", "e",
                "notify/mail/0001.json", "f",
                "notify/mail/lock", "g",
                "roots/x/db.status", "h",
                "uploads/4567.new", "i");
        for (Map.Entry<String, String> one : own.entrySet()) {
            Files.createDirectories(state.resolve(one.getKey()).getParent());
            Files.writeString(state.resolve(one.getKey()), one.getValue());
        }
        migrate();
        assertThat(cluster.texts()).doesNotContainAnyElementsOf(own.keySet());
        migration(state).toFolder();
        own.forEach((name, text) -> assertThat(state.resolve(name)).hasContent(text));
    }

    /** With a row that somebody has changed after it was copied. */
    @Test
    void aDifferenceIsFoundAndTheMarkStays() throws Exception {
        fill();
        AtomicLong copied = new AtomicLong();
        Migration spoilt = migration(state, entries -> {
            if (copied.addAndGet(entries) == MANY + 7) {
                cluster.map("copies").put(SORTED_DIFFERENTLY.get(0), "other");
            }
        });
        assertThatThrownBy(spoilt::toCluster)
                .asInstanceOf(type(MigrationException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.DIFFERENT))
                .satisfies(e -> assertThat(e.getMessage()).contains("copies: " + SORTED_DIFFERENTLY.get(0)));
        assertThatThrownBy(this::asNode).isInstanceOf(ClusterException.class).hasMessageContaining("not finished");
        // The machine may go on alone.
        assertThat(SingleNode.in(new StateFolder(state)).state().exists()).isTrue();
        migrate();
        asNode();
    }

    private void asNode() {
        try (var node =
                Clusters.open(settings, "1", getClass().getClassLoader()).orElseThrow()) {
            assertThat(node.state().text("owner")).isPresent();
        }
    }

    @Test
    void everyDifferenceOfTextsIsFound() throws Exception {
        fill();
        migrate();
        TextMove texts = new TextMove(new StateFolder(state), cluster);
        assertThat(texts.difference(false)).isEmpty();
        cluster.state().append("verifications/x/20261129", "x");
        assertThat(texts.difference(false)).contains("verifications/x/20261129");
        cluster.state().delete("verifications/x/20261129");
        assertThat(texts.difference(false)).contains("verifications/x/20261129");
        new StateFolder(state).delete("verifications/x/20261129");
        assertThat(texts.difference(false)).isEmpty();
        cluster.state().replace("db.unfit", "", false);
        assertThat(texts.difference(false)).contains("db.unfit");
    }

    /** It may be of a later version, which would miss it. */
    @Test
    void aTextThatIsNotKnownIsNotLeftBehind() throws Exception {
        fill();
        migrate();
        cluster.state().replace("later/db", "", false);
        assertThatThrownBy(() -> migration(state).toFolder()).hasMessageContaining("later/db");
        cluster.state().delete("later/db");
        cluster.state().replace("manifests/x/20261130", "of nodes that run", false);
        assertThat(migration(state).toFolder().texts()).isEqualTo(15);
        assertThat(state.resolve("manifests")).doesNotExist();
    }

    /** A power cut may leave such a line, which all readers pass over. */
    @Test
    void nulCharactersAreLeftOut() throws Exception {
        fill();
        Files.writeString(state.resolve("verifications/x/20261128"), "a\n\0\0\0\nb\n");
        migration(state).toCluster();
        assertThat(cluster.state().text("verifications/x/20261128")).contains("a\n\nb\n");
    }

    @Test
    void aTextThatIsDamagedIsNamed() throws Exception {
        fill();
        Files.write(state.resolve("db.unfit"), "größe".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> migration(state).toCluster())
                .isInstanceOf(StateException.class)
                .hasMessageContaining("db.unfit");
    }

    @Test
    void thereMustBeSomethingToMove() {
        assertThatThrownBy(() -> migration(state).toCluster()).hasMessageContaining("has nothing to move");
        assertThatThrownBy(() -> migration(state).toFolder()).hasMessageContaining("has nothing to move");
    }

    /** Two machines would go on from there. */
    @Test
    void aFolderThatWasLeftUnfinishedIsNotFilledAfterAnotherOne() throws Exception {
        fill();
        migrate();
        Path one = Files.createDirectory(folder.resolve("one"));
        Files.createDirectory(one.resolve("owner.new"));
        assertThatThrownBy(() -> migration(one).toFolder()).isInstanceOf(StateException.class);
        migration(state).toFolder();
        for (boolean toCluster : List.of(true, false)) {
            assertThatThrownBy(() -> assertThat(
                                    toCluster
                                            ? migration(one).toCluster()
                                            : migration(one).toFolder())
                            .isNull())
                    .isInstanceOf(MigrationException.class);
        }
        assertThat(Stream.of(state, one).filter(this::isUsable)).containsExactly(state);
    }

    private boolean isUsable(Path place) {
        try {
            SingleNode.in(new StateFolder(place));
            return true;
        } catch (ClusterException moved) {
            return false;
        }
    }
}
