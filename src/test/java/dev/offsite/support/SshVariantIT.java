package dev.offsite.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.SshVariant.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the servers are what they are called, with OpenSSH's own clients. */
@RequiresSshd
@Timeout(60)
class SshVariantIT {
    /** printf hello | sha256sum */
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void showsByItsPathWhatIsOnItsDiskAndRunsOnlyTheCommandsOfItsKind(SshVariant variant) throws IOException {
        try (Started started = variant.start(folder)) {
            Path hello = Files.writeString(folder.resolve("hello"), "hello");
            run(started, "put %s %s/it".formatted(hello, started.path()), "sftp");
            Files.writeString(started.disk().resolve("a b"), "hello");

            assertThat(started.disk().resolve("it")).hasContent("hello");
            assertThat(started.pathOf(started.disk().resolve("it"))).isEqualTo(started.path() + "/it");
            commands(variant).forEach((command, answer) -> assertThat(
                            run(started, "", "ssh", command.replace("PATH", started.path())))
                    .as(command)
                    .isEqualToIgnoringWhitespace(answer.replace("PATH", started.path())));
        }
    }

    /** Commands and what a person sees of each. */
    private static Map<String, String> commands(SshVariant variant) {
        String refused = "Command not allowed";
        String noSuchFile = "sha256sum: PATH/it: No such file or directory";
        String literally = "sha256sum: \"'PATH/it'\": No such file or directory";
        return switch (variant) {
            case SHELL -> Map.of("cd PATH && sha256sum -- 'a b' | tr -d ' '", HELLO + "ab");
            case SFTP_ONLY, CHROOT -> Map.of("sha256sum PATH/it", "This service allows sftp connections only.");
            case CHROOT_WITH_SHELL -> Map.of("sha256sum PATH/it", noSuchFile, "echo $((1 + 1))", "2");
            case RESTRICTED ->
                Map.of(
                        "sha256sum -- PATH/it 'PATH/a b'",
                        "%s  PATH/it %1$s  PATH/a b".formatted(HELLO),
                        "cd PATH; sha256sum it",
                        refused,
                        "cat PATH/it",
                        refused,
                        "sha256sum 'PATH/$x'",
                        refused);
            case RESTRICTED_ONE_FILE ->
                Map.of("sha256sum -- 'PATH/a b'", HELLO + "  PATH/a b", "sha256sum -- PATH/it PATH/it", refused);
            case RESTRICTED_WORDS ->
                Map.of("sha256sum -- PATH/it", HELLO + "  PATH/it", "sha256sum -- 'PATH/it'", literally);
            case BSD ->
                Map.of(
                        "sha256 -q PATH/it",
                        HELLO,
                        "sha256 -r -- 'PATH/a b'",
                        HELLO + " PATH/a b",
                        "sha256sum PATH/it",
                        "/bin/sh: 1: sha256sum: not found");
            case SHASUM -> Map.of("shasum -a 256 PATH/it", HELLO + "  PATH/it");
            case OPENSSL -> Map.of("openssl dgst -sha256 -r PATH/it", HELLO + " *PATH/it");
        };
    }

    @Test
    void aChrootIsRemovedWhenItsServerIsStopped() throws IOException {
        Started started = SshVariant.CHROOT.start(folder);
        Path root = started.disk().getParent();
        Files.createDirectories(started.disk().resolve("a/b"));

        started.close();

        assertThat(root).doesNotExist();
    }

    private static String run(Started started, String input, String program, String... more) {
        OpenSshServer server = started.server();
        List<String> command =
                new ArrayList<>(List.of(program, "-q", "-i", server.key().toString()));
        command.addAll(List.of("-o", "UserKnownHostsFile=" + server.knownHosts(), "-o", "BatchMode=yes"));
        command.addAll(List.of("-o", "Port=" + server.port(), server.user() + "@" + server.host()));
        command.addAll(List.of(more));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var out = process.getOutputStream()) {
                out.write(input.getBytes(UTF_8));
            }
            return new String(process.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
