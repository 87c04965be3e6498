package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.KnownHash;
import dev.offsite.support.Sha256sumExec;
import dev.offsite.support.Site;
import dev.offsite.support.Site.Ran;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The invariants of the design that a ship has to keep, each under its number. */
@Timeout(120)
class InvariantsIT {
    @TempDir
    Path folder;

    private final Watcher exec = new Watcher();
    private EmbeddedServer server;
    private Site site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"), exec);
        site = Site.of(folder, server).property("retries", "0");
        KnownHash.remember(folder.resolve("state"), server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void invariant1CopyAppearsUnderItsFinalNameOnlyAfterVerification() throws IOException {
        List<String> names = List.of("one", "two", "sub/three");
        for (String name : names) {
            site.write(name, name);
        }

        assertThat(site.run("ship").exitCode()).isZero();

        assertThat(exec.seen).isNotEmpty();
        // Whatever was hashed had a hidden temporary name, in the folder of its final one, which was not there.
        assertThat(exec.hashed)
                .extracting(part -> part.getFileName().toString())
                .allMatch(InvariantsIT::temporary);
        assertThat(exec.hashed)
                .extracting(Path::getParent)
                .containsExactlyInAnyOrder(
                        site.today(), site.today(), site.today().resolve("sub"));
        exec.seen.forEach((content, there) -> assertThat(there)
                .as("what was there when '%s' was hashed", content)
                .noneMatch(content::equals));
        Shipped.exactly(site, site.dated(), names);
    }

    private static boolean temporary(String fileName) {
        return fileName.startsWith(".") && fileName.endsWith(".part");
    }

    @Test
    void invariant1AFailedVerificationHarmsNoGoodCopyAndNoOtherFile() throws IOException {
        site.write("db.dump", "the good one of this morning");
        assertThat(site.run("ship").exitCode()).isZero();
        Path copy = site.dated().resolve("db.dump");
        Object good = identity(copy);

        site.write("db.dump", "lie about this one");
        site.write("new.dump", "lie about this one too");
        site.write("other.dump", "fine");
        exec.lieAbout(part -> content(part).startsWith("lie"));
        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.stderr())
                .contains("ERROR db: db.dump not shipped: the copy differs: its SHA-256 on the server is 000")
                .contains("ERROR db: new.dump not shipped: the copy differs: its SHA-256 on the server is 000");
        assertThat(ran.stdout()).contains("1 file shipped").contains("2 files NOT shipped");
        assertThat(identity(copy)).isEqualTo(good);
        assertThat(copy).hasContent("the good one of this morning");
        Shipped.listedAndVerifiable(site.dated(), List.of("db.dump", "other.dump"));

        exec.lieAbout(part -> false);
        Ran next = site.run("ship");
        assertThat(next.exitCode()).as(next.stderr()).isZero();
        Shipped.exactly(site, site.dated(), List.of("db.dump", "new.dump", "other.dump"));
    }

    /** A hash says nothing of a copy that was written to since. */
    @Test
    void invariant1SizesAreComparedAsWellAsHashes() throws IOException {
        site.write("db.dump", "content");
        exec.growing = true;

        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.stderr())
                .contains("db.dump not shipped: the copy differs: its size on the server is 14, here it is 7");
        assertThat(Site.filesIn(site.root())).isEmpty();
    }

    @Test
    void invariant2TheManifestListsExactlyTheVerifiedCopies() throws IOException {
        site.write("good", "good");
        site.write("sub/good", "sub/good");
        site.write("bad", "lie about this one");
        exec.lieAbout(part -> content(part).startsWith("lie"));

        assertThat(site.run("ship").exitCode()).isEqualTo(ExitCode.FAILED);

        Shipped.exactly(site, site.dated(), List.of("good", "sub/good"));
    }

    @Test
    void invariant2TheManifestIsReplacedAtomically() throws IOException {
        site.write("first", "first");
        assertThat(site.run("ship").exitCode()).isZero();
        Path manifest = site.dated().resolve(Manifest.NAME);
        String before = Files.readString(manifest);

        site.write("second", "second");
        // Who has begun to read the old one goes on reading the old one, all of it.
        try (InputStream reader = Files.newInputStream(manifest)) {
            assertThat(site.run("ship").exitCode()).isZero();
            assertThat(new String(reader.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(before);
        }
        assertThat(Files.readString(manifest)).startsWith(before).isNotEqualTo(before);
        Shipped.listedAndVerifiable(site.dated(), List.of("first", "second"));
    }

    @Test
    void invariant4LocalFilesAreNeitherMovedNorDeletedNorChanged() throws IOException {
        site.write("shipped", "shipped");
        site.write("sub/shipped", "shipped");
        site.write("empty", "");
        site.write("failed", "lie about this one");
        exec.lieAbout(part -> content(part).startsWith("lie"));
        Map<String, Object> before = snapshot(site.source());

        assertThat(site.run("ship").exitCode()).isEqualTo(ExitCode.FAILED);

        assertThat(snapshot(site.source())).isEqualTo(before);
    }

    @Test
    void invariant5NothingOutsideTheRootAndOnlyRealDatedFoldersArePruned() throws IOException {
        site.jobProperty("keep", "1");
        Path root = site.root();
        verified(root.resolve("20200101"));
        verified(root.resolve("20200102"));
        Path outside = verified(root.resolveSibling("20200103"));
        verified(root.resolveSibling("off site2/20200104"));
        // What looks like a dated folder, and is none.
        Files.createSymbolicLink(root.resolve("20200105"), outside);
        verified(root.resolve("20200230"));
        verified(root.resolve("2020-01-06"));
        verified(root.resolve("20200107.old"));
        verified(root.resolve("202001080"));
        verified(root.resolve("deeper/20200109"));
        Files.writeString(root.resolve("20200110"), "a file");
        Files.createDirectories(root.resolve("20200111")); // without a manifest
        Files.writeString(root.resolve("notes"), "a file");
        // Removed with the folder it is in; not what it leads to.
        Files.createSymbolicLink(root.resolve("20200101/link"), outside);
        Map<String, Object> before = snapshot(server.files());
        site.write("new", "new");

        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isZero();
        Map<String, Object> after = snapshot(server.files());
        String own = server.files().relativize(root) + "/";
        before.keySet().removeIf(name -> name.matches(own + "2020010[12](/.*)?"));
        after.keySet()
                .removeIf(name -> name.startsWith(own + site.today().getFileName()) || name.startsWith(own + ".trash"));
        assertThat(after).isEqualTo(before);
        Shipped.exactly(site, site.today(), List.of("new"));
    }

    @Test
    void invariant5AShipDoesNotFollowASymbolicLinkOutOfTheRoot() throws IOException {
        Path outside = Files.createDirectories(server.files().resolve("outside"));
        Files.createDirectories(site.today());
        Files.createSymbolicLink(site.today().resolve("link"), outside);
        site.write("good", "good");
        site.write("link/direct", "direct");
        site.write("link/deeper/down", "down");

        Ran ran = site.run("ship");

        assertThat(Site.filesIn(outside)).isEmpty();
        assertThat(outside).isEmptyDirectory();
        assertThat(ran.exitCode()).as(ran.stderr()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.stderr()).contains("link/direct not shipped: ").contains("link/deeper/down not shipped: ");
        assertThat(ran.stdout()).contains("1 file shipped");
    }

    @Test
    void invariant5ADatedFolderThatIsASymbolicLinkIsNotShippedInto() throws IOException {
        Path outside = Files.createDirectories(server.files().resolve("outside"));
        Files.createDirectories(site.root());
        Files.createSymbolicLink(site.today(), outside);
        site.write("db.dump", "dump");

        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isNotZero();
        assertThat(outside).isEmptyDirectory();
    }

    private static Path verified(Path dated) throws IOException {
        Files.createDirectories(dated);
        Files.writeString(dated.resolve("copy"), "copy");
        String hash = Site.tool(dated, "sha256sum", "copy").stdout();
        Files.writeString(dated.resolve(Manifest.NAME), hash);
        return dated;
    }

    private static Object identity(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String content = attributes.isRegularFile() ? Files.readString(file) : "";
        return List.of(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime(), content);
    }

    /** Every file, link and folder below; folders without their time, which changes with what is in them. */
    private static Map<String, Object> snapshot(Path folder) throws IOException {
        Map<String, Object> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                boolean isFolder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                all.put(folder.relativize(path).toString(), isFolder ? "a folder" : identity(path));
            }
        }
        return all;
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Notes, for the content of each part, which finished files were there when it was about to be hashed. */
    private static final class Watcher extends Sha256sumExec {
        private final Map<String, Set<String>> seen = new TreeMap<>();
        private final ConcurrentLinkedQueue<Path> hashed = new ConcurrentLinkedQueue<>();
        private volatile boolean growing;

        @Override
        protected synchronized void hashing(Path part) {
            hashed.add(part);
            try {
                Path dated = part.getParent().endsWith("sub") ? part.getParent().getParent() : part.getParent();
                seen.put(content(part), Site.filesIn(dated));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        protected void hashed(Path part) {
            try {
                if (growing) {
                    Files.writeString(part, "longer content");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
