package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.support.LyingLinks;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.Remote;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tree on a real server is found whole, in few round trips. */
@RequiresSshd
@Timeout(120)
class RemoteTreeWalkerIT {

    @TempDir
    private Path folder;

    private final CamelContext context = new DefaultCamelContext();
    private OpenSshServer server;
    private Proxy proxy;
    private SftpSessionPool sessions;
    private Path top;

    @BeforeEach
    void start() throws IOException {
        top = Files.createDirectories(folder.resolve("top"));
        server = OpenSshServer.start(folder.resolve("server"));
        proxy = new Proxy(server);
        TargetConnections connections = new TargetConnections(false, new BandwidthLimits(""));
        connections.setCamelContext(context);
        sessions = connections
                .to(new Target(
                        server.host(),
                        proxy.port(),
                        server.user(),
                        server.key(),
                        null,
                        null,
                        proxy.knownHosts(folder.resolve("known_hosts")),
                        VerificationMethod.READBACK,
                        SshPath.SAME,
                        HashProgram.AUTO,
                        null,
                        Modes.KEEP))
                .sessions();
    }

    @AfterEach
    void stop() throws IOException {
        sessions.close();
        context.stop();
        proxy.close();
        server.close();
    }

    private Path file(String name) throws IOException {
        Path file = top.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "x");
    }

    private static RemoteTreeWalker.Visitor into(Set<String> names) {
        return (name, entry) -> names.add(name + (entry.directory() ? "/" : entry.link() ? "@" : ""));
    }

    private Set<String> walk() throws IOException {
        Set<String> names = new TreeSet<>();
        sessions.callForMany(remote -> {
            RemoteTreeWalker.walk(remote, top.toString(), into(names));
            return true;
        });
        return names;
    }

    /** Logs in on a long link, then counts. */
    private int turns() throws IOException {
        proxy.delay(Duration.ofMillis(100));
        sessions.callForMany(remote -> remote.stat("/"));
        int before = proxy.turns();
        walk();
        return proxy.turns() - before;
    }

    @Test
    void manyFoldersAreReadTogether() throws IOException {
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            String name = "%d/%d".formatted(i % 10, i);
            file(name + "/file");
            expected.addAll(Set.of(i % 10 + "/", name + "/", name + "/file"));
        }

        assertThat(walk()).isEqualTo(expected);
        sessions.close();
        // Three levels; of 200 folders, 48 are read while the next 48 are opened.
        assertThat(turns()).isBetween(6, 12);
    }

    @Test
    void aLargeFolderIsReadAhead() throws IOException {
        for (int i = 0; i < 5000; i++) {
            Files.createFile(top.resolve("file " + i));
        }

        assertThat(walk()).hasSize(5000);
        sessions.close();
        assertThat(turns()).isBetween(2, 6);
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        file("folder/file");
        Files.createSymbolicLink(top.resolve("to folder"), top.resolve("folder"));
        Files.createSymbolicLink(top.resolve("to nothing"), Path.of("nothing"));
        Files.createSymbolicLink(top.resolve("folder/up"), top);

        assertThat(walk())
                .containsExactlyInAnyOrder("folder/", "folder/file", "folder/up@", "to folder@", "to nothing@");
    }

    @Test
    void anyNameIsFound() throws IOException {
        file("two\nlines/it's * ? \\ [x] \"/-rf");
        // Java could not name them.
        TestSite.tool(top, "sh", "-c", "f=$(printf 'caf\\351'); mkdir \"$f\" && : > \"$f/$(printf '\\377')\"");

        assertThat(walk())
                .containsExactlyInAnyOrder(
                        "two\nlines/",
                        "two\nlines/it's * ? \\ [x] \"/",
                        "two\nlines/it's * ? \\ [x] \"/-rf",
                        "caf\uFFFD/",
                        "caf\uFFFD/\uFFFD");
    }

    @Test
    void ofSeveralFoldersOnlyTheMissingOneFails() throws IOException {
        file("a/b/file");
        file("c/file");
        Set<String> names = new TreeSet<>();
        Map<String, RemoteTreeWalker.Visitor> tops = new LinkedHashMap<>();
        for (String name : new String[] {"a", "missing", "c"}) {
            tops.put(top.resolve(name).toString(), (below, entry) -> names.add(name + ": " + below));
        }

        Map<String, SftpStatusException> failures = sessions.callForMany(remote -> RemoteTreeWalker.walk(remote, tops));

        assertThat(names).containsExactly("a: b", "a: b/file", "c: file");
        assertThat(failures).containsOnlyKeys(top.resolve("missing").toString());
        assertThatThrownBy(() -> sessions.callForMany(remote -> {
                    RemoteTreeWalker.walk(remote, top.resolve("missing").toString(), into(names));
                    return true;
                }))
                .isInstanceOf(SftpStatusException.class);
    }

    @Test
    void smallFilesAreReadTogetherAndOthersAreLeft() throws IOException {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            paths.add(file("small/" + i).toString());
            Files.writeString(Path.of(paths.get(i)), "content of " + i);
        }
        int[] sizes = {0, 1, 32768, 32769, 65536, 100_000, 256 << 10, (256 << 10) + 1};
        for (int size : sizes) {
            Files.write(file("of " + size), bytes(size));
            paths.add(top.resolve("of " + size).toString());
        }
        String folderPath = top.resolve("small").toString();
        String missing = top.resolve("missing").toString();
        paths.addAll(List.of(folderPath, missing));
        proxy.delay(Duration.ofMillis(100));

        sessions.callForMany(remote -> {
            remote.stat("/");
            int before = proxy.turns();
            SmallFiles read = SmallFiles.of(remote, paths);
            assertThat(proxy.turns() - before).isBetween(5, 9);
            for (int i = 0; i < 100; i++) {
                assertThat(read.take(paths.get(i))).contains(("content of " + i).getBytes(StandardCharsets.UTF_8));
            }
            for (int size : sizes) {
                String path = top.resolve("of " + size).toString();
                assertThat(read.has(path)).as(path).isEqualTo(size <= 256 << 10);
                assertThat(read.take(path).orElse(bytes(size))).isEqualTo(bytes(size));
            }
            assertThat(read.has(folderPath)).isFalse();
            assertThat(read.take(folderPath)).isEmpty();
            assertThat(read.has(missing)).isTrue();
            assertThatThrownBy(() -> read.take(missing))
                    .isInstanceOf(SftpStatusException.class)
                    .extracting(e -> ((SftpStatusException) e).code())
                    .isEqualTo(SftpStatusException.NO_SUCH_FILE);
            return true;
        });
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** Whatever the server says of a link to a folder, it is not entered. */
    @ParameterizedTest
    @EnumSource(LyingLinks.Kind.class)
    void aLinkThatTheServerShowsAsAFolderIsNotEntered(LyingLinks.Kind kind) throws IOException {
        try (Remote remote = new Remote(folder.resolve("lying"))) {
            Files.writeString(remote.file("srv/top/real/file"), "x");
            Files.writeString(remote.file("srv/elsewhere/precious"), "x");
            Files.createSymbolicLink(remote.file("srv/top/link"), Path.of("../elsewhere"));
            remote.server().accessFiles(new LyingLinks(kind));
            Set<String> names = new TreeSet<>();

            remote.sessions().callForMany(session -> {
                RemoteTreeWalker.walk(session, "/srv/top", into(names));
                return true;
            });

            assertThat(names).containsExactlyInAnyOrder("real/", "real/file", "link@");
        }
    }
}
