package dev.offsite.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder beside a job's root that nothing may change, and symbolic links of every kind that lead there from the root. It
 * has what each verb would like to remove, replace or hash. On a server's own disk, so for any server.
 */
public final class PlantedLinks {
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
    private static final String PURGING = ".purging-0123456789abcdef-20200109";

    /** Names of links in the root that look like dated folders. */
    public static final List<String> DATED = List.of("20190101", "20190102", "20190103", "20190104", "20190105");

    private final Path outside;
    private final Map<String, String> before;

    private PlantedLinks(Path outside) throws IOException {
        this.outside = outside;
        this.before = snapshot();
    }

    /**
     * Makes the folder outside, and nothing in the root.
     *
     * @param outside in the same file system as the root, and not in it; it must not exist
     */
    public static PlantedLinks outside(Path outside) throws IOException {
        for (String name : List.of("20190101", "20200109", "sub")) {
            file(outside.resolve(name + "/precious"), "precious");
            file(
                    outside.resolve(name + "/" + Manifest.NAME),
                    "%s  precious%n".formatted("1e9b7b13f6b0d2a8b6b1b9f2f3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6"));
            file(outside.resolve(name + "/" + TemporaryName.of("cut")), "the part file of a run that was cut");
            Files.createDirectories(outside.resolve(name + "/deep/empty"));
            file(outside.resolve(name + "/deep/precious"), "precious");
        }
        for (int i = 1; i <= 9; i++) {
            Files.createDirectories(outside.resolve("empty " + i));
        }
        file(outside.resolve("precious"), "precious");
        file(outside.resolve("list"), "");
        return new PlantedLinks(outside);
    }

    private static void file(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content, StandardCharsets.UTF_8);
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    }

    /** Plants links in a root that exists: named like dated folders, part files, marks and what is in a trash. */
    public void inRoot(Path root) throws IOException {
        link(root.resolve(DATED.get(0)), outside.resolve("20190101"));
        relative(root.resolve(DATED.get(1)), outside.resolve("20190101"));
        link(root.resolve(DATED.get(2)), outside.resolve("empty 1"));
        link(root.resolve(DATED.get(3)), outside.resolve("precious"));
        link(root.resolve(DATED.get(4)), outside.resolve("nothing"));
        link(root.resolve(TemporaryName.of("folder")), outside.resolve("sub"));
        link(root.resolve(TemporaryName.of("empty")), outside.resolve("empty 2"));
        link(root.resolve(TemporaryName.of("file")), outside.resolve("precious"));
        link(root.resolve(PURGING), outside.resolve("20200109"));
        inFolder(root);
    }

    /** Plants links in a dated folder, or a folder below one. */
    public void inFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        link(folder.resolve("to folder"), outside.resolve("sub"));
        relative(folder.resolve("to folder, relative"), outside.resolve("sub"));
        link(folder.resolve("to empty"), outside.resolve("empty 3"));
        link(folder.resolve("to file"), outside.resolve("precious"));
        relative(folder.resolve("to file, relative"), outside.resolve("precious"));
        link(folder.resolve("to nothing"), outside.resolve("made by a link"));
        link(folder.resolve("to itself"), Path.of("."));
        link(folder.resolve("up"), Path.of(".."));
        link(folder.resolve(TemporaryName.of("linked")), outside.resolve("precious"));
    }

    /** Plants links in the trash of a root. */
    public void inTrash(Path root) throws IOException {
        Path trash = Files.createDirectories(root.resolve(".trash"));
        link(trash.resolve("20200109"), outside.resolve("20200109"));
        link(trash.resolve("20200109.2"), outside.resolve("empty 4"));
        link(trash.resolve("20200108"), outside.resolve("precious"));
        link(trash.resolve(".since-20200109"), outside.resolve("precious"));
        link(trash.resolve(PURGING), outside.resolve("20200109"));
        link(trash.resolve(PURGING.replace('0', '1')), outside.resolve("empty 5"));
    }

    /** Makes the trash itself a link. */
    public void asTrash(Path root) throws IOException {
        Files.createDirectories(root);
        link(root.resolve(".trash"), outside);
    }

    /** Makes a dated folder, or a folder below one, a link. */
    public void asFolder(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        link(folder, outside.resolve("sub"));
    }

    /** Makes a file, such as a copy or SHA256SUMS, a link. */
    public void asFile(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        link(file, outside.resolve(file.endsWith(Manifest.NAME) ? "list" : "precious"));
    }

    private static void link(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, target);
    }

    private static void relative(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, link.getParent().relativize(target));
    }

    /** What is outside has its content, permissions and times, and nothing was added. */
    public void assertUntouched(Object after) throws IOException {
        assertThat(snapshot()).as("what is outside the root, after: %s", after).isEqualTo(before);
    }

    private Map<String, String> snapshot() throws IOException {
        Map<String, String> all = new TreeMap<>();
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(outside)) {
            walk.forEach(paths::add);
        }
        for (Path path : paths) {
            String content = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.readString(path) : "";
            all.put(
                    outside.relativize(path).toString(),
                    "%s %s %s"
                            .formatted(
                                    PosixFilePermissions.toString(
                                            Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)),
                                    Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS),
                                    content));
        }
        return all;
    }
}
