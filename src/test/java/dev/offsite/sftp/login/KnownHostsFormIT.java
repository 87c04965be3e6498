package dev.offsite.sftp.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.offsite.exec.StrictSshClientBuilder;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.openssh.KnownHosts;
import dev.offsite.openssh.ServerName;
import dev.offsite.support.OpenSshServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.client.SshClient;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every form of line of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT": both clients let in or refuse as {@code ssh} does with the same
 * file. In a file, {@code IN} begins one that lets the server in, {@code NO} one that does not; words with a {@code $} are
 * replaced.
 */
class KnownHostsFormIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private static OpenSshServer server;
    private static final Map<String, String> words = new TreeMap<>();
    private int files;

    @BeforeAll
    static void start() throws Exception {
        server = OpenSshServer.start(folder.resolve("server"));
        String name = "[127.0.0.1]:" + server.port();
        words.put("$NAME", name);
        words.put("$PORT", Integer.toString(server.port()));
        words.put("$HASHED", hashed(name));
        words.put("$HASHPLAIN", hashed("127.0.0.1"));
        words.put("$HASHOTHER", hashed("[127.0.0.2]:22"));
        words.put("$KEY", publicKey(server.hostKey("ed25519")));
        words.put("$RSA", publicKey(server.hostKey("rsa")));
        words.put("$ECDSA", publicKey(server.hostKey("ecdsa")));
        words.put("$BODY", words.get("$KEY").split(" ", -1)[1]);
        words.put("$OTHER", publicKey(key("other", "ed25519")));
        words.put("$ORSA", publicKey(key("other-rsa", "rsa")));
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            words.put("$CA" + type, publicKey(key("ca-" + type, type)));
        }
        words.put("$CA", words.get("$CAed25519"));
        Path certified = Files.copy(folder.resolve("other.pub"), folder.resolve("c.pub"));
        sign("ed25519", certified, "-n", "127.0.0.1");
        words.put("$CERTOTHER", publicKey(folder.resolve("c-cert")));
        Path ofServer = Files.copy(
                server.hostKey("ed25519")
                        .resolveSibling(server.hostKey("ed25519").getFileName() + ".pub"),
                folder.resolve("s.pub"));
        sign("ed25519", ofServer, "-n", "127.0.0.1");
        words.put("$CERTKEY", publicKey(folder.resolve("s-cert")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void keys() throws Exception {
        server.reconfigure();
        check(
                "127.0.0.1",
                "IN $NAME $KEY",
                "IN $NAME $KEY a comment # of words",
                "IN # comment\n\n   \n\t\n$NAME $KEY\n",
                "IN   $NAME   $KEY  ",
                "IN \t$NAME\t$KEY",
                "IN $NAME $KEY\r\n",
                "IN $NAME $KEY comment\r\n",
                "IN $NAME $RSA",
                "IN $NAME $ECDSA",
                "IN $NAME $OTHER\n$NAME $KEY",
                "IN $NAME $KEY\n$NAME $OTHER",
                "IN $NAME $RSA\n$NAME $ORSA",
                "IN other.example,$NAME,third.example $KEY",
                "IN 127.0.0.1 $KEY",
                "NO 127.0.0.1,other $ECDSA",
                "IN [127.0.0.1]:1 $OTHER\n127.0.0.1 $KEY",
                "IN $HASHED $KEY",
                "IN $HASHPLAIN $KEY",
                "IN [127.0.0.*]:* $KEY",
                "IN * $KEY",
                "IN *.0.0.1 $KEY",
                "IN 127.?.0.1 $KEY",
                "IN [127.0.0.?]:$PORT $KEY",
                "IN !other,* $KEY",
                "IN unknown-line\n@strange $NAME $OTHER\n$NAME ssh-unknown AAAA\n$NAME ssh-ed25519 AAAA\n$NAME $KEY",
                "IN $NAME 1024 35 1234567890 rsa1\n$NAME $KEY",
                "IN @revoked * $OTHER\n$NAME $KEY",
                "IN @revoked other $KEY\n$NAME $KEY",
                "IN @revoked\t$NAME $KEY\n$NAME $KEY",
                "IN @cert-authority * $CA\n$NAME $KEY",
                "IN $NAME $CERTOTHER\n$NAME $KEY",
                "IN $LONG,$NAME $OTHER\n$NAME $KEY",
                "NO ",
                "NO # $NAME $KEY",
                "NO $NAME $OTHER",
                "NO $NAME $ORSA",
                "NO $NAME $ORSA\n127.0.0.1 $KEY",
                "NO $NAME $OTHER\n127.0.0.1 $KEY",
                "NO [127.0.0.1]:1 $KEY",
                "NO localhost $KEY",
                "NO [127.0.0.1] $KEY",
                "NO $HASHOTHER $KEY",
                "NO $HASHED,$NAME $KEY",
                "NO |2|abc|def $KEY",
                "NO |1|abc $KEY",
                "NO !$NAME,[127.0.0.1]:* $KEY",
                "NO [127.0.0.1]:*,!$NAME $KEY",
                "NO !127.0.0.1,!$NAME,* $KEY",
                "NO !* $KEY",
                "NO $NAME",
                "NO $NAME ssh-ed25519",
                "NO $NAME # ssh-ed25519 $BODY",
                "NO $NAME ssh-rsa $BODY",
                "NO $NAME ED25519 $BODY",
                "NO $NAME ssh-ed25519 $BODY=",
                "NO $NAME ssh-ed25519 x$BODY",
                "NO $NAME,$KEY",
                "NO @cert-authority * $KEY",
                "NO @cert-authority $NAME $KEY\n@cert-authority $NAME $RSA\n@cert-authority * $ECDSA",
                "NO @revoked * $KEY\n$NAME $KEY",
                "NO $NAME $KEY\n@revoked * $KEY",
                "NO $NAME $KEY\n@revoked $NAME $KEY",
                "NO $NAME $KEY\n@revoked [127.*]:$PORT $KEY a comment",
                "NO $NAME $KEY\n@revoked $HASHED $KEY",
                "NO 127.0.0.1 $KEY\n@revoked 127.0.0.? $KEY",
                "NO $NAME $KEY\n@revoked * $CERTKEY",
                "NO @revoked @cert-authority * $KEY\n127.0.0.2 $KEY",
                "NO @cert-authority @revoked $NAME $KEY",
                "NO @known $NAME $KEY",
                "NO @ $NAME $KEY",
                "NO $NAME $CERTKEY",
                "NO $LONG,$NAME $KEY");
    }

    /** Without the port, what is said of the name counts only if nothing is said of the name with it. */
    @Test
    void revokedWithoutThePort() throws Exception {
        server.reconfigure();
        check(
                "127.0.0.1",
                "IN @revoked 127.0.0.1 $KEY\n$NAME $KEY",
                "IN @revoked 127.0.0.1 $OTHER\n127.0.0.1 $KEY",
                "NO @revoked 127.0.0.1 $KEY\n127.0.0.1 $KEY",
                "NO @revoked $NAME $KEY\n127.0.0.1 $KEY");
    }

    @Test
    void names() throws Exception {
        server.reconfigure();
        check(
                "LocalHost",
                "IN [localhost]:$PORT $KEY",
                "IN [LOCALHOST]:$PORT $KEY",
                "IN localhost $KEY",
                "IN lOCAL* $KEY",
                "NO [127.0.0.1]:$PORT $KEY",
                "NO !LOCALHOST,*host $KEY",
                "NO 127.0.0.1 $KEY");
    }

    @Test
    void certificates() throws Exception {
        certify("ed25519", "ed25519", "-n", "127.0.0.1,localhost");
        check(
                "127.0.0.1",
                "IN @cert-authority * $CA",
                "IN @cert-authority $NAME $CA",
                "IN @cert-authority [127.0.0.*]:* $CA comment",
                "IN @cert-authority 127.0.0.1 $CA",
                "IN @cert-authority $HASHED $CA",
                "IN @cert-authority *,!other $CA",
                "IN @cert-authority * $OTHER\n@cert-authority * $CA",
                "IN $NAME $OTHER\n@cert-authority * $CA",
                "IN $NAME $KEY",
                "IN 127.0.0.1 $KEY",
                "IN $NAME $RSA",
                "IN @cert-authority * $OTHER\n$NAME $KEY",
                "IN @revoked * $OTHER\n@cert-authority * $CA",
                "IN @revoked 127.0.0.1 $CA\n$NAME $KEY",
                "NO $NAME $CA",
                "NO @cert-authority * $OTHER",
                "NO @cert-authority * $KEY",
                "NO @cert-authority [127.0.0.1]:1 $CA",
                "IN @cert-authority !$NAME,* $CA\n127.0.0.1 $OTHER",
                "NO @cert-authority !$NAME,!127.*,* $CA",
                "NO @cert-authority\t$NAME $CA",
                "NO @Cert-Authority * $CA",
                "NO @revoked * $CA\n@cert-authority * $CA",
                "NO @cert-authority * $CA\n@revoked * $CA",
                "NO @cert-authority * $CA\n@revoked * $KEY",
                "NO @revoked * $CA\n$NAME $KEY",
                "NO @revoked 127.0.0.1 $CA\n@cert-authority 127.0.0.1 $CA",
                "NO @cert-authority * $OTHER\n$NAME $OTHER");
        check("LOCALHOST", "IN @cert-authority localhost $CA", "IN @cert-authority [local*]:* $CA");
    }

    @Test
    void certificatesThatDoNotVouch() throws Exception {
        certify("ed25519", "ed25519", "-n", "127.0.0.1", "-V", "20200101:20210101");
        check("127.0.0.1", "NO @cert-authority * $CA", "IN @cert-authority * $CA\n$NAME $KEY");
        assertThat(refusal("@cert-authority * $CA")).contains("has expired: it was valid until 202");

        certify("ed25519", "ed25519", "-n", "127.0.0.1", "-V", "20400101:20410101");
        check("127.0.0.1", "NO @cert-authority * $CA", "IN @cert-authority * $CA\n127.0.0.1 $KEY");
        assertThat(refusal("@cert-authority * $CA")).contains("is not valid yet, but from 20");

        certify("ed25519", "ed25519", "-n", "other.example,*,127.0.0.*,[127.0.0.1]:" + server.port());
        check("127.0.0.1", "NO @cert-authority * $CA", "IN $NAME $KEY\n@cert-authority * $CA");
        assertThat(refusal("@cert-authority * $CA")).contains("is for other.example, ", "and not for 127.0.0.1");

        certify("ed25519", "ed25519", "-n", "127.0.0.1", "-O", "critical:strange=yes");
        check("127.0.0.1", "NO @cert-authority * $CA", "NO @cert-authority * $CA\n$NAME $OTHER");

        // For every server
        certify("ed25519", "ed25519");
        check("127.0.0.1", "IN @cert-authority * $CA", "NO @cert-authority * $OTHER");
    }

    @Test
    void otherAuthorities() throws Exception {
        certify("rsa", "ed25519", "-n", "127.0.0.1");
        check("127.0.0.1", "IN @cert-authority * $CArsa", "NO @cert-authority * $ORSA");

        certify("rsa", "ed25519", "-n", "127.0.0.1", "-t", "rsa-sha2-256");
        check("127.0.0.1", "IN @cert-authority * $CArsa");

        certify("rsa", "ed25519", "-n", "127.0.0.1", "-t", "ssh-rsa");
        check("127.0.0.1", "NO @cert-authority * $CArsa", "IN @cert-authority * $CArsa\n$NAME $KEY");

        certify("ecdsa", "ecdsa", "-n", "127.0.0.1");
        check("127.0.0.1", "IN @cert-authority * $CAecdsa", "NO @cert-authority * $CA", "NO $NAME $KEY");

        certify("ed25519", "rsa", "-n", "127.0.0.1");
        check(
                "127.0.0.1",
                "IN @cert-authority * $CA",
                "IN $NAME $RSA",
                "NO $NAME $KEY",
                "NO @revoked * $RSA\n$NAME $KEY");
    }

    /** No byte of it can be changed, and none leads to an error that says nothing. */
    @Test
    void aCertificateThatWasChangedIsRefused() throws Exception {
        KnownHosts known = KnownHosts.read(List.of(file("@cert-authority * $CA")));
        byte[] certificate = blob("$CERTKEY");
        byte[] key = blob("$KEY");
        ServerName name = target("127.0.0.1", folder).knownAs();
        assertThat(known.check(name, certificate, key, Instant.now()).isTrusted())
                .isTrue();
        for (int i = 0; i < certificate.length; i++) {
            certificate[i] ^= 1;
            assertThat(known.check(name, certificate, key, Instant.now()).isTrusted())
                    .as("byte %d", i)
                    .isFalse();
            certificate[i] ^= 1;
        }
    }

    private static byte[] blob(String word) {
        return Base64.getDecoder().decode(words.get(word).split(" ", -1)[1]);
    }

    @Test
    void wordsOfARefusal() throws Exception {
        server.reconfigure();
        assertThat(refusal("@revoked * $KEY\n$NAME $KEY"))
                .contains("is REVOKED: it showed", "line 1")
                .doesNotContain("add");
        assertThat(refusal("@cert-authority * $CA"))
                .contains("is unknown: it showed", "only an authority")
                .doesNotContain("CHANGED");
        certify("ed25519", "ed25519", "-n", "127.0.0.1");
        assertThat(refusal("@cert-authority * $OTHER"))
                .contains("the host certificate of ", "it is signed by ssh-ed25519 SHA256:", "no authority for it")
                .doesNotContain("CHANGED", "ssh-keygen -R", "ssh-keyscan");
    }

    private void check(String host, String... cases) throws Exception {
        SoftAssertions softly = new SoftAssertions();
        for (String one : cases) {
            boolean expected = one.startsWith("IN ");
            Path file = file(one.substring("IN ".length()));
            softly.assertThat(ssh(host, file)).as("ssh: %s", one).isEqualTo(expected);
            softly.assertThat(jsch(host, file)).as("jsch: %s", one).isEqualTo(expected ? "" : "refused");
            softly.assertThat(mina(host, file)).as("mina: %s", one).isEqualTo(expected ? "" : "refused");
        }
        softly.assertAll();
    }

    private Path file(String text) throws IOException {
        String content = text.replace("$LONG", "a".repeat(1100));
        List<String> names = new ArrayList<>(words.keySet());
        names.sort((one, other) -> other.length() - one.length());
        for (String name : names) {
            content = content.replace(name, words.get(name));
        }
        return Files.writeString(folder.resolve("known_hosts" + ++files), content);
    }

    private static boolean ssh(String host, Path file) throws Exception {
        Process ssh = new ProcessBuilder(
                        "ssh",
                        "-F",
                        "none",
                        "-i",
                        server.key().toString(),
                        "-p",
                        Integer.toString(server.port()),
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "IdentitiesOnly=yes",
                        "-o",
                        "StrictHostKeyChecking=yes",
                        "-o",
                        "GlobalKnownHostsFile=none",
                        "-o",
                        "UserKnownHostsFile=" + file,
                        server.user() + "@" + host,
                        "true")
                .redirectErrorStream(true)
                .start();
        ssh.getOutputStream().close();
        String said = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ssh.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        if (ssh.exitValue() != 0) {
            assertThat(said).contains("Host key verification failed");
        }
        return ssh.exitValue() == 0;
    }

    private static String jsch(String host, Path file) {
        try {
            connect(host, file);
            return "";
        } catch (HostKeyRefusal e) {
            return "refused";
        } catch (JSchException e) {
            return e.toString();
        }
    }

    private static void connect(String host, Path file) throws JSchException {
        Target target = target(host, file);
        Session session = TargetSessions.user(target, new QuickAckSocketFactory(target.way()));
        try {
            session.connect(20_000);
        } finally {
            session.disconnect();
        }
    }

    private String refusal(String knownHosts) throws IOException {
        Path file = file(knownHosts);
        Target target = target("127.0.0.1", file);
        String ofMina = minaProblem(target);
        try {
            connect("127.0.0.1", file);
        } catch (HostKeyRefusal e) {
            String ofJsch = e.verdict().message(target.toString(), target.host(), target.port());
            assertThat(ofMina).isEqualTo(ofJsch);
            return ofJsch;
        } catch (JSchException e) {
            throw new IOException(e);
        }
        throw new AssertionError("it was let in");
    }

    private static String mina(String host, Path file) throws IOException {
        String problem = minaProblem(target(host, file));
        return problem.startsWith("the host ") ? "refused" : problem;
    }

    private static String minaProblem(Target target) throws IOException {
        StrictSshClientBuilder clients = new StrictSshClientBuilder(target);
        try (SshClient client = clients.build(true)) {
            client.start();
            clients.logIn(client, PATIENCE).close(true);
            return "";
        } catch (IOException e) {
            return clients.problem(e);
        }
    }

    private static Target target(String host, Path knownHosts) {
        return new Target(
                host,
                server.port(),
                server.user(),
                server.key(),
                null,
                null,
                knownHosts,
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP);
    }

    private static Path key(String name, String type) throws Exception {
        Path key = folder.resolve(name);
        keygen("-t", type, "-N", "", "-C", "", "-f", key.toString());
        return key;
    }

    /** Has the server show a certificate for one of its keys, by an authority of this type. */
    private static void certify(String authority, String type, String... options) throws Exception {
        Path key = server.hostKey(type);
        Path copy = folder.resolve("certified-" + type + ".pub");
        Files.deleteIfExists(copy);
        Files.copy(key.resolveSibling(key.getFileName() + ".pub"), copy);
        sign(authority, copy, options);
        server.reconfigure("HostCertificate " + folder.resolve("certified-" + type + "-cert.pub"));
    }

    private static void sign(String authority, Path publicKey, String... options) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-s", folder.resolve("ca-" + authority).toString(), "-h", "-I", "test"));
        arguments.addAll(Arrays.asList(options));
        arguments.add(publicKey.toString());
        keygen(arguments.toArray(String[]::new));
    }

    private static void keygen(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q"));
        command.addAll(Arrays.asList(arguments));
        Process keygen = new ProcessBuilder(command).redirectErrorStream(true).start();
        keygen.getOutputStream().close();
        String said = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keygen.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(keygen.exitValue()).as(said).isZero();
    }

    /** Type and key, of the file with .pub beside it. */
    private static String publicKey(Path key) throws IOException {
        String[] parts =
                Files.readString(key.resolveSibling(key.getFileName() + ".pub")).split("\\s+", -1);
        return parts[0] + " " + parts[1];
    }

    private static String hashed(String name) throws Exception {
        byte[] salt = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(salt, "HmacSHA1"));
        Base64.Encoder encoder = Base64.getEncoder();
        return "|1|" + encoder.encodeToString(salt) + "|"
                + encoder.encodeToString(mac.doFinal(name.getBytes(StandardCharsets.US_ASCII)));
    }
}
