package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.KnownHash;
import dev.offsite.support.Sha256sumExec;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
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
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"), exec);
        site = TestSite.of(folder, server).target("retries", "0");
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
            site.backup(name, name);
        }

        assertThat(site.run("ship").exit()).isZero();

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
        site.backup("db.dump", "the good one of this morning");
        assertThat(site.run("ship").exit()).isZero();
        Path copy = site.dated().resolve("db.dump");
        Object good = identity(copy);

        site.backup("db.dump", "lie about this one");
        site.backup("new.dump", "lie about this one too");
        site.backup("other.dump", "fine");
        exec.lieAbout(part -> content(part).startsWith("lie"));
        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err())
                .contains("ERROR db: db.dump not shipped: the copy differs: its SHA-256 on the server is 000")
                .contains("ERROR db: new.dump not shipped: the copy differs: its SHA-256 on the server is 000");
        assertThat(ran.out()).contains("1 file shipped").contains("2 files NOT shipped");
        assertThat(identity(copy)).isEqualTo(good);
        assertThat(copy).hasContent("the good one of this morning");
        Shipped.listedAndVerifiable(site.dated(), List.of("db.dump", "other.dump"));

        exec.lieAbout(part -> false);
        Result next = site.run("ship");
        assertThat(next.exit()).as(next.err()).isZero();
        Shipped.exactly(site, site.dated(), List.of("db.dump", "new.dump", "other.dump"));
    }

    /** A hash says nothing of a copy that was written to since. */
    @Test
    void invariant1SizesAreComparedAsWellAsHashes() throws IOException {
        site.backup("db.dump", "content");
        exec.growing = true;

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err())
                .contains("db.dump not shipped: the copy differs: its size on the server is 14, here it is 7");
        assertThat(TestSite.filesIn(site.root())).containsExactly(".offsite-owner");
    }

    @Test
    void invariant2TheManifestListsExactlyTheVerifiedCopies() throws IOException {
        site.backup("good", "good");
        site.backup("sub/good", "sub/good");
        site.backup("bad", "lie about this one");
        exec.lieAbout(part -> content(part).startsWith("lie"));

        assertThat(site.run("ship").exit()).isEqualTo(ExitCode.FAILED);

        Shipped.exactly(site, site.dated(), List.of("good", "sub/good"));
    }

    @Test
    void invariant2TheManifestIsReplacedAtomically() throws IOException {
        site.backup("first", "first");
        assertThat(site.run("ship").exit()).isZero();
        Path manifest = site.dated().resolve(Manifest.NAME);
        String before = Files.readString(manifest);

        site.backup("second", "second");
        // Who has begun to read the old one goes on reading the old one, all of it.
        try (InputStream reader = Files.newInputStream(manifest)) {
            assertThat(site.run("ship").exit()).isZero();
            assertThat(new String(reader.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(before);
        }
        assertThat(Files.readString(manifest)).startsWith(before).isNotEqualTo(before);
        Shipped.listedAndVerifiable(site.dated(), List.of("first", "second"));
    }

    /** As a run leaves it that is cut when the copies have their names and are not listed yet. */
    @Test
    void invariant3WhatAnInterruptedRunLeftCountsOnlyIfItIsVerified() throws IOException {
        site.backup("good", "the right bytes");
        site.backup("bad", "the right bytes");
        exec.lieAbout(part -> true);
        assertThat(site.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        exec.lieAbout(part -> false);
        Object good = identity(Files.writeString(site.today().resolve("good"), "the right bytes"));
        Files.writeString(site.today().resolve("bad"), "the wrong bytes");

        Result next = site.run("ship");

        assertThat(next.exit()).as(next.err()).isZero();
        assertThat(next.out()).contains("1 file shipped and verified");
        assertThat(identity(site.today().resolve("good"))).isEqualTo(good);
        Shipped.exactly(site, site.dated(), List.of("good", "bad"));
    }

    @Test
    void invariant4LocalFilesAreNeitherMovedNorDeletedNorChanged() throws IOException {
        site.backup("shipped", "shipped");
        site.backup("sub/shipped", "shipped");
        site.backup("empty", "");
        site.backup("failed", "lie about this one");
        exec.lieAbout(part -> content(part).startsWith("lie"));
        Map<String, Object> before = snapshot(site.source());

        assertThat(site.run("ship").exit()).isEqualTo(ExitCode.FAILED);

        assertThat(snapshot(site.source())).isEqualTo(before);
    }

    @Test
    void invariant5NothingOutsideTheRootAndOnlyRealDatedFoldersArePruned() throws IOException {
        site.job("keep", "1");
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
        site.backup("new", "new");

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        Map<String, Object> after = snapshot(server.files());
        String own = server.files().relativize(root) + "/";
        before.keySet().removeIf(name -> name.matches(own + "2020010[12](/.*)?"));
        after.keySet()
                .removeIf(name -> name.startsWith(own + site.today().getFileName())
                        || name.startsWith(own + ".trash")
                        || name.equals(own + ".offsite-owner"));
        assertThat(after).isEqualTo(before);
        Shipped.exactly(site, site.today(), List.of("new"));
    }

    @Test
    void invariant5AShipDoesNotFollowASymbolicLinkOutOfTheRoot() throws IOException {
        Path outside = Files.createDirectories(server.files().resolve("outside"));
        Files.createDirectories(site.today());
        Files.createSymbolicLink(site.today().resolve("link"), outside);
        site.backup("good", "good");
        site.backup("link/direct", "direct");
        site.backup("link/deeper/down", "down");

        Result ran = site.run("ship");

        assertThat(TestSite.filesIn(outside)).isEmpty();
        assertThat(outside).isEmptyDirectory();
        assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("link/direct not shipped: ").contains("link/deeper/down not shipped: ");
        assertThat(ran.out()).contains("1 file shipped");
    }

    @Test
    void invariant5ADatedFolderThatIsASymbolicLinkIsNotShippedInto() throws IOException {
        Path outside = Files.createDirectories(server.files().resolve("outside"));
        Files.createDirectories(site.root());
        Files.createSymbolicLink(site.today(), outside);
        site.backup("db.dump", "dump");

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isNotZero();
        assertThat(outside).isEmptyDirectory();
    }

    private static Path verified(Path dated) throws IOException {
        Files.createDirectories(dated);
        Files.writeString(dated.resolve("copy"), "copy");
        String hash = TestSite.tool(dated, "sha256sum", "copy").out();
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
                seen.put(content(part), TestSite.filesIn(dated));
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
