package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server may show whatever it likes: a removal ends, and removes nothing that has no place in the folder. */
@Timeout(60)
class TreeRemovalTest {
    private static final String TOP = "/srv/20200101";

    private final List<String> removed = new ArrayList<>();
    private final Map<String, String> realPaths = new HashMap<>();
    private final Map<String, String> targets = new HashMap<>();
    private final Set<String> links = new HashSet<>();
    private int listings;

    /** Entries of a folder, all of one kind. */
    private record Entries(int kind, List<String> names) {
        static Entries folders(String... names) {
            return new Entries(ScriptedServer.FOLDER, List.of(names));
        }

        static Entries files(String... names) {
            return new Entries(ScriptedServer.FILE, List.of(names));
        }
    }

    /** A server where all that is asked about is a real folder, but for the links; it lists the same entries once, or for ever. */
    private ScriptedServer server(boolean forEver, Function<String, Entries> entries) {
        List<String> listed = new ArrayList<>();
        return new ScriptedServer((request, server) -> {
            String path = request.text();
            switch (request.type()) {
                case ScriptedServer.OPENDIR -> server.handle(request.id(), path);
                case ScriptedServer.READDIR -> {
                    listings++;
                    if (listed.contains(path) && !forEver) {
                        server.status(request.id(), SftpStatusException.EOF, "");
                    } else {
                        Entries some = entries.apply(path);
                        server.names(request.id(), some.kind(), some.names());
                    }
                    listed.add(path);
                }
                case ScriptedServer.LSTAT ->
                    server.attributes(
                            request.id(), 0, links.contains(path) ? ScriptedServer.LINK : ScriptedServer.FOLDER);
                case ScriptedServer.REALPATH ->
                    server.names(request.id(), ScriptedServer.FOLDER, List.of(realPaths.getOrDefault(path, path)));
                case ScriptedServer.REMOVE, ScriptedServer.RMDIR -> {
                    removed.add(path);
                    server.done(request.id());
                }
                case ScriptedServer.READLINK -> {
                    if (targets.containsKey(path)) {
                        server.names(request.id(), ScriptedServer.FOLDER, List.of(targets.get(path)));
                    } else {
                        server.status(request.id(), SftpStatusException.FAILURE, "no link");
                    }
                }
                default -> server.done(request.id());
            }
        });
    }

    private SftpStatusException refused(ScriptedServer server, long bytes) {
        return assertThatExceptionOfType(SftpStatusException.class)
                .isThrownBy(() -> TreeRemoval.run(server.pipeline(), TOP, new FolderReader.Allowance(bytes)))
                .actual();
    }

    @Test
    void foldersWithoutEndAreLeft() {
        ScriptedServer server = server(false, folder -> Entries.folders("deeper"));

        SftpStatusException refused = refused(server, Long.MAX_VALUE);

        assertThat(refused.code()).isEqualTo(SftpStatusException.LEFT_ALONE);
        assertThat(refused)
                .hasMessageStartingWith("folders are nested too deeply")
                .hasMessageContaining(TOP);
        assertThat(removed).isNotEmpty().allMatch(path -> path.length() <= RemoteTreeWalker.LONGEST);
    }

    @Test
    void aFolderWithoutEndIsLeft() {
        ScriptedServer server = server(true, folder -> Entries.files("file"));

        SftpStatusException refused = refused(server, 100_000);

        assertThat(refused).hasMessageStartingWith(TOP + " has too many entries to list");
        assertThat(removed).isEmpty();
        assertThat(listings).isLessThan(1000);
    }

    /** Each folder is small, and their number doubles with each level. */
    @Test
    void aTreeWithoutEndIsLeft() {
        ScriptedServer server = server(false, folder -> Entries.folders("a", "b"));

        assertThat(refused(server, 1 << 20)).hasMessageContaining("has too many entries to list");
    }

    @Test
    void whatLeadsOutIsNotRemoved() {
        String[] names = {"..", ".", "", "../other", "/etc", "a/b", "nul\0", "file"};
        ScriptedServer server = server(false, folder -> Entries.files(names));

        assertThat(refused(server, Long.MAX_VALUE)).hasMessageContaining("has a name that no file can have");
        assertThat(removed).containsExactlyInAnyOrder(TOP + "/file", TOP);
    }

    private ScriptedServer withLink() {
        return server(
                false, folder -> folder.equals(TOP) ? Entries.folders("folder", "link") : Entries.files("precious"));
    }

    @Test
    void aFolderThatIsReallyElsewhereIsLeft() {
        realPaths.put(TOP + "/link", "/srv/link");

        assertThat(refused(withLink(), Long.MAX_VALUE))
                .hasMessageStartingWith(TOP + "/link is no real folder")
                .extracting(SftpStatusException::code)
                .isEqualTo(SftpStatusException.LEFT_ALONE);
        assertThat(removed).contains(TOP + "/folder/precious").noneMatch(path -> path.startsWith(TOP + "/link"));
    }

    /** As MySecureShell lists it. */
    @Test
    void aLinkThatIsListedAsAFolderIsRemovedAsALink() throws IOException {
        links.add(TOP + "/link");

        TreeRemoval.run(withLink().pipeline(), TOP);

        assertThat(removed).contains(TOP + "/link", TOP + "/folder/precious").doesNotContain(TOP + "/link/precious");
    }

    /** As ProFTPD describes it. */
    @Test
    void aLinkWithTheAttributesOfAFolderIsRemovedAsALink() throws IOException {
        targets.put(TOP + "/link", "/srv/other");

        TreeRemoval.run(withLink().pipeline(), TOP);

        assertThat(removed).contains(TOP + "/link", TOP + "/folder/precious").doesNotContain(TOP + "/link/precious");
    }

    /** On a long link each of them is dear. */
    @Test
    void takesFiveRoundTrips() throws IOException {
        String[] folders = IntStream.range(0, 50).mapToObj(i -> "folder " + i).toArray(String[]::new);
        String[] files = IntStream.range(0, 40).mapToObj(i -> "file " + i).toArray(String[]::new);
        ScriptedServer server =
                server(false, folder -> folder.equals(TOP) ? Entries.folders(folders) : Entries.files(files));

        TreeRemoval.run(server.pipeline(), TOP);

        assertThat(removed).hasSize(50 * 40 + 50 + 1).endsWith(TOP);
        assertThat(server.bursts()).isEqualTo(5);
    }
}
