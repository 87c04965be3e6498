package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with the receivers of notifications is named by {@code config}, with the key and no secret. */
class NotifyConfigTest {

    @TempDir
    private Path folder;

    private final Map<String, String> keys = new TreeMap<>();

    @BeforeEach
    void aGoodConfiguration() throws IOException {
        Files.createDirectory(folder.resolve("backups"));
        Files.writeString(folder.resolve("known_hosts"), "");
        file("key", "key", "rw-------");
        keys.put("offsite.host", "backup.example.org");
        keys.put("offsite.user", "offsite");
        keys.put("offsite.key", "key");
        keys.put("offsite.known-hosts", "known_hosts");
        keys.put("camel.routeTemplate[db].templateId", "ship");
        keys.put("camel.routeTemplate[db].source", "backups");
        keys.put("camel.routeTemplate[db].root", "/srv/offsite/db");
    }

    private Path file(String name, String content, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Result config() throws IOException {
        Path file = Files.writeString(
                folder.resolve("application.properties"),
                keys.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue() + "\n")
                        .collect(Collectors.joining()));
        return InJvm.run("config", "-c", file.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offsite.notify[ops].too | file:/x | there is no such key; did you mean to?",
                "offsite.notify.ops.to | file:/x | is no key of a receiver; write offsite.notify[<name>].to",
                "offsite.notify[].to | file:/x | is no key of a receiver; write offsite.notify[<name>].to",
                "offsite.notify[ops].on | failed,stael | 'stael' is no event; did you mean stale?",
                "offsite.notify[ops].jobs | bd | 'bd' is no job; did you mean db?",
                "offsite.notify[ops].format | html | 'html' is no format; known are",
                "offsite.notify[x].on | failed | is missing",
                "offsite.notify[ops].to | nonsense | this is no URI of a Camel endpoint",
                "offsite.notify[ops].to-file | key | there is offsite.notify[ops].to-file too",
                "offsite.notify[ops].to | smtp://h?username=a&password=Tulip99 | no secret (password) in this file",
                "offsite.notify[ops].to | smtp://me:Tulip99@h?to=a@b | no secret (user:password@) in this file",
                "offsite.notify[ops].to | https://h/x?authBearerToken=Tulip99 | no secret (authBearerToken) in this file",
                "offsite.notify[ops].to | smtp://h?password={{env:NO_SUCH_VARIABLE}} | cannot be resolved",
                "offsite.ping | hc-ping.com/Tulip99 | this is no URL such as https://hc-ping.com/<uuid>",
            })
    void aWrongKeyIsRefused(String key, String value, String problem) throws IOException {
        keys.put("offsite.notify[ops].to", "file:/var/spool/alerts");
        keys.put(key, value);
        Result result = config();
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(result.err()).contains("offsite.").contains(problem).doesNotContain("Tulip");
    }

    @Test
    void secretsAreNotShown() throws IOException {
        keys.put("offsite.notify[chat].to", "https://hooks.example.org/services/Tulip99?x=Tulip98");
        keys.put(
                "offsite.notify[mail].to",
                "smtp://mail.example.org:25?username=me&password=RAW({{env:HOME}})&to=a@b.org");
        keys.put("offsite.notify[mail].on", "failed, stale");
        keys.put("offsite.ping", "https://hc-ping.com/Tulip97");
        Result result = config();
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out())
                .contains("offsite.notify[chat].to=https://hooks.example.org/…")
                .contains("offsite.notify[mail].to=smtp://mail.example.org:25?username=me&password=***&to=a@b.org")
                .contains("offsite.notify[mail].on=failed, stale")
                .contains("ping=https://hc-ping.com/…")
                .doesNotContain("Tulip");
    }

    @Test
    void whatStopsOnlyNotificationsIsNamedByConfig() throws IOException {
        keys.put(
                "offsite.notify[a].to-file",
                file("hook", "https://hooks.example.org/Tulip99", "rw-r--r--").toString());
        keys.put("offsite.notify[b].to", "sjms2:queue:alerts");
        keys.put("offsite.notify[c].to", "https://hooks.example.org/Tulip98?conectTimeout=3");
        keys.put("offsite.notify[d].to", "smtp://mail.example.org?nosuch=3&to=a@b.org");
        keys.put("offsite.notify[d].password-file", "nowhere");
        Result result = config();
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(result.err().lines())
                .anyMatch(line -> line.contains("offsite.notify[a].to-file: the file ")
                        && line.contains("can be read by others; chmod 600 it"))
                .anyMatch(line -> line.contains("offsite.notify[b].to: there is no component for sjms2: ")
                        && line.contains("camel-sjms")
                        && line.contains("lib/ext"))
                .anyMatch(line -> line.contains("offsite.notify[d].password-file: there is no file " + folder));
        assertThat(result.err() + result.out()).doesNotContain("Tulip");
        assertThat(folder.resolve("state/notify")).doesNotExist();
    }
}
