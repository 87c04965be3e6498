package dev.offsite.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.support.RequiresSshd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Side by side with {@code ssh -G}, on the same files. */
@RequiresSshd
@Timeout(60)
class SshConfigIT {

    private static final Map<String, SshConfigKeyword> COMPARED = Map.ofEntries(
            Map.entry("hostname", SshConfigKeyword.HOST_NAME),
            Map.entry("user", SshConfigKeyword.USER),
            Map.entry("port", SshConfigKeyword.PORT),
            Map.entry("identityfile", SshConfigKeyword.IDENTITY_FILE),
            Map.entry("certificatefile", SshConfigKeyword.CERTIFICATE_FILE),
            Map.entry("proxyjump", SshConfigKeyword.PROXY_JUMP),
            Map.entry("hostkeyalias", SshConfigKeyword.HOST_KEY_ALIAS),
            Map.entry("bindaddress", SshConfigKeyword.BIND_ADDRESS),
            Map.entry("serveralivecountmax", SshConfigKeyword.SERVER_ALIVE_COUNT_MAX),
            Map.entry("globalknownhostsfile", SshConfigKeyword.GLOBAL_KNOWN_HOSTS_FILE));

    /** What ssh says for a host that is in no file. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "port", "22",
            "serveralivecountmax", "3",
            "globalknownhostsfile", "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2");

    @TempDir
    private Path folder;

    private static Stream<String> files() {
        return Stream.of(
                "",
                "# nothing\n\n   # more\n\t\n",
                "Host nas\n  HostName 10.1.2.3\n  User backup\n  Port 2222\n  IdentityFile ~/.ssh/nas\n",
                "host=nas\nhostname = nas.lan\nUSER=\"back up\"\nport  =  2222\n",
                "HostName=first\nHost nas\nHostName second\n",
                "Host other\n User one\nHost n?s\n User two\nHost *\n User three\n Port 1\n",
                "Host * !nas\n User not\nHost !other *\n User yes\n",
                "Host !nas nas\n User not\n",
                "Host a nas b\n User yes # and a comment\n Port 23 # another\n",
                "Host \"nas\" 'x y'\n User 'quo\"ted'\n",
                "Host nas\n User a\\ b\n HostKeyAlias \"a\\\"b\"\n",
                "Host nas\n User mid\"dle of\"word\n",
                "Host NAS\n User upper\nHost nas\n User lower\n",
                "Host nas\n HostName %h.example.com\nMatch host nas.example.com\n User matched\n",
                "Host nas\n HostName %%h%h\n",
                "Match originalhost nas\n User a\n HostName x\nMatch originalhost x\n Port 3\nMatch host x\n Port 4\n",
                "Match host *,!nas\n User a\nMatch host nas,other\n User b\n",
                "Match host NAS\n User case\n",
                "User me\nMatch user me\n Port 5\nMatch !user me\n Port 6\n",
                "Match localuser " + System.getProperty("user.name") + "\n Port 7\n",
                "Match localuser nobody-else host nas\n Port 8\nMatch all\n Port 9\n",
                "Match !host other !originalhost another\n Port 10\n",
                "Match host=nas user=\"x\"\n Port 11\nMatch host=nas # comment\n Port 12\n",
                "Match final host nas\n Port 13\nPort 14\n",
                "Host nas\n HostName real\nMatch final host real\n User finally\n",
                "Host nas\n HostName real\nMatch final all\n Port 15\nHost real\n User second\n",
                "Match host nas all\n User a\nMatch host other all\n User b\n",
                "Match canonical\n Port 16\nMatch !canonical\n Port 17\n",
                "IdentityFile a\nIdentityFile b\nIdentityFile a\nHost nas\n IdentityFile %d/c\nCertificateFile x\nCertificateFile y\n",
                "Host nas\n ProxyJump hop\n ProxyCommand nc %h %p\n",
                "Host nas\n ProxyJump none\nHost *\n ProxyJump hop\n",
                "Host nas\n ProxyJump me@[::1]:22,you@hop:2200,last\n",
                "Host nas\n ProxyCommand none\n ProxyJump hop\n",
                "Host nas\n ServerAliveCountMax 7\n ServerAliveInterval 15\n BindAddress 127.0.0.1\n",
                "Host nas\n GlobalKnownHostsFile /a \"/b c\"\nGlobalKnownHostsFile /d\n",
                "Host nas\r\n  User windows\r\n  Port 99\r\n",
                "Host nas\n\tUser\ttab\f\n",
                "IgnoreUnknown Foo*,bar\nFooBar yes\nBar no\nHost nas\n User u\n",
                "Include %s/one\nHost nas\n User outer\n",
                "Host nas\n Include %s/plain\n Port 40\nHost *\n Port 41\n",
                "Host other\n Include %s/plain\nHost *\n Port 42\n",
                "Include %s/two %s/none %s/one\nUser last\n",
                "Include %s/d/*.conf\nUser last\n",
                "Include \"%s/with blank\"\n",
                "Include %s/d/[ab].conf\n",
                "Host nas\n StrictHostKeyChecking no\n ForwardAgent yes\n SendEnv LANG LC_*\n GSSAPIAuthentication yes\n User u\n",
                "Host nas\n User first\n User second\nHost nas\n HostName a\n HostName b\n",
                "Host nas nas.lan\n Hostname nas.LAN\n",
                "\"Host\" nas\n \"User\" quoted\n",
                "Host nas\n Port 0022\n");
    }

    @ParameterizedTest
    @MethodSource("files")
    void sameAsSsh(String text) throws Exception {
        Path file = write(text);
        for (String host : List.of("nas", "NAS", "other", "nas.lan")) {
            Map<String, String> ssh = ssh(file, host);
            assertThat(ours(file, host)).as("%s in%n%s", host, text).isEqualTo(ssh);
        }
    }

    private static Stream<String> wrong() {
        return Stream.of(
                "Host nas\n User \"open\n",
                "Host\n",
                "User\n",
                "Host nas\n Nonsense yes\n",
                "Match\n User a\n",
                "Match host\n User a\n",
                "Match all host nas\n User a\n",
                "Match host nas user root all\n User a\n",
                "Host nas\n Port 0\n",
                "Host nas\n Port x\n",
                "Host nas\n Port 65536\n",
                "Host nas\n HostName %z\n",
                "Host nas\n AddressFamily ipx\n",
                "Host nas\n IdentitiesOnly perhaps\n",
                "Host nas\n ServerAliveInterval soon\n",
                "Include %s/loop\n");
    }

    /** What ssh refuses, Offsite never takes for something else. */
    @ParameterizedTest
    @MethodSource("wrong")
    void refusedAsBySsh(String text) throws Exception {
        Path file = write(text);
        assertThat(run(file, "nas").exitValue()).as(text).isNotZero();
        assertThatThrownBy(() -> all(file, "nas")).as(text).isInstanceOf(SshConfigException.class);
    }

    private Path write(String text) throws IOException {
        Files.writeString(folder.resolve("one"), "Host nas\n  User included\nHost other\n  Port 50\n");
        Files.writeString(folder.resolve("two"), "Match host nas\n  Port 51\n");
        Files.writeString(folder.resolve("plain"), "User plain\nHost nas\n  Port 52\n");
        Files.writeString(folder.resolve("with blank"), "User blank\n");
        Files.writeString(folder.resolve("loop"), "Include " + folder.resolve("loop"));
        Path d = Files.createDirectories(folder.resolve("d"));
        Files.writeString(d.resolve("b.conf"), "User b\nPort 61\n");
        Files.writeString(d.resolve("a.conf"), "User a\n");
        Files.writeString(d.resolve(".hidden.conf"), "User hidden\n");
        Files.writeString(d.resolve("c.txt"), "Port 62\n");
        return Files.writeString(folder.resolve("config"), text.replace("%s", folder.toString()));
    }

    private static Surroundings here() {
        return Surroundings.ofThisProcess();
    }

    private static void all(Path file, String name) throws SshConfigException {
        SshHost host = SshConfig.read(file, here()).host(name, null);
        host.port();
        host.addressFamily();
        host.identitiesOnly();
        host.serverAliveInterval();
    }

    private static Map<String, String> ours(Path file, String name) throws SshConfigException {
        SshHost host = SshConfig.read(file, here()).host(name, null);
        Map<String, String> said = new TreeMap<>(DEFAULTS);
        COMPARED.forEach((word, keyword) -> host.raw(keyword).ifPresent(value -> said.put(word, value)));
        said.put("hostname", host.hostName());
        said.put("user", host.user().orElse(here().user()));
        said.put("port", String.valueOf(host.port().orElse(22)));
        host.proxyJump().ifPresentOrElse(jump -> said.put("proxyjump", jump), () -> said.remove("proxyjump"));
        return said;
    }

    private Map<String, String> ssh(Path file, String host) throws Exception {
        Process ssh = run(file, host);
        String out = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ssh.exitValue()).as(out).isZero();
        Map<String, String> said = new TreeMap<>();
        out.lines()
                .map(line -> line.split(" ", 2))
                .filter(line -> COMPARED.containsKey(line[0]))
                .forEach(line -> {
                    boolean none = line[0].equals("proxyjump") && line[1].equals("none");
                    if (!none) {
                        said.merge(line[0], line[1], (a, b) -> a + "\n" + b);
                    }
                });
        List<String> standard =
                Arrays.asList("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa");
        if (standard.containsAll(
                Arrays.stream(said.getOrDefault("identityfile", "").split("\n"))
                        .map(file2 -> file2.replace("~/.ssh/", ""))
                        .toList())) {
            said.remove("identityfile");
        }
        return said;
    }

    private Process run(Path file, String host) throws Exception {
        Process ssh = new ProcessBuilder("ssh", "-G", "-F", file.toString(), host)
                .redirectErrorStream(false)
                .redirectError(folder.resolve("err").toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .start();
        assertThat(ssh.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return ssh;
    }
}
