package dev.offsite.support.servers;

import dev.offsite.support.TestSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The account {@code backup} of a {@link RealServer}, and the server's host keys, all in one folder. The account exists only in
 * the mount namespace that the server runs in, whose {@code /etc/passwd} is in the folder.
 */
final class ServerAccount {
    static final String USER = "backup";
    static final int ID = 4001;

    /** In the order in which the servers are given them. */
    static final List<String> KEY_TYPES = List.of("ed25519", "ecdsa", "rsa");

    private final Path folder;

    private ServerAccount(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes the folder and the account.
     *
     * @param serves whether the server itself runs as the account, and so reads its host keys as that
     */
    static ServerAccount in(Path folder, String shell, boolean serves) throws IOException {
        ServerAccount account =
                new ServerAccount(Files.createDirectories(folder).toRealPath());
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
        for (Path above = account.folder; !temporary.startsWith(above); above = above.getParent()) {
            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (String type : KEY_TYPES) {
            account.newKey(type, account.hostKey(type));
            account.newKey(type, account.key(type));
            if (serves) {
                account.own(account.hostKey(type));
            }
        }
        Files.createDirectories(account.home().resolve(".ssh"));
        Files.createDirectory(account.files());
        String authorized = KEY_TYPES.stream()
                .map(type -> read(publicOf(account.key(type))))
                .collect(Collectors.joining());
        Files.writeString(account.home().resolve(".ssh/authorized_keys"), authorized);
        account.own(account.home());
        account.own(account.files());
        tool("chmod", "-R", "go=", account.home().resolve(".ssh").toString());
        account.writeUsers(shell);
        return account;
    }

    /** The folder of this server. */
    Path folder() {
        return folder;
    }

    /** The account's files on the server. */
    Path files() {
        return folder.resolve("files");
    }

    Path home() {
        return folder.resolve("home");
    }

    Path authorizedKeys() {
        return home().resolve(".ssh/authorized_keys");
    }

    Path hostKey(String type) {
        return folder.resolve("host_" + type);
    }

    /** A key that logs in. */
    Path key(String type) {
        return folder.resolve("key_" + type);
    }

    static Path publicOf(Path key) {
        return key.resolveSibling(key.getFileName() + ".pub");
    }

    /** A known_hosts file with the server's keys of these types. */
    Path knownHosts(int port, List<String> types) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String type : types) {
            String[] key = read(publicOf(hostKey(type))).split(" ", 3);
            lines.add("[127.0.0.1]:%d %s %s".formatted(port, key[0], key[1]));
        }
        return Files.write(folder.resolve("known_hosts"), lines);
    }

    /** Writes a file of the server's own. */
    Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /**
     * The command, started where these files of this machine have another content, and where the account exists.
     *
     * @param instead a file of this machine, and the file that is seen in its place
     * @param asUser whether the command itself runs as the account
     */
    List<String> inNamespace(Map<Path, Path> instead, boolean asUser, List<String> command) {
        StringBuilder script = new StringBuilder();
        instead.forEach((file, other) -> script.append("mount --bind '%s' '%s' && ".formatted(other, file)));
        for (String users : List.of("passwd", "group", "shadow")) {
            script.append("mount --bind '%s' /etc/%s && ".formatted(folder.resolve(users), users));
        }
        if (asUser) {
            script.append("exec setpriv --reuid %d --regid %d --clear-groups \"$@\"".formatted(ID, ID));
        } else {
            script.append("exec \"$@\"");
        }
        // MySecureShell counts its sessions in shared memory: those of another test too, if both see the same.
        List<String> line =
                new ArrayList<>(List.of("unshare", "--mount", "--ipc", "sh", "-c", script.toString(), "sh"));
        line.addAll(command);
        return line;
    }

    private void writeUsers(String shell) throws IOException {
        users("passwd", "%s:x:%d:%d::%s:%s".formatted(USER, ID, ID, home(), shell));
        users("group", "%s:x:%d:".formatted(USER, ID));
        users("shadow", USER + ":*:19000:0:99999:7:::");
    }

    /** This machine's own users, and the account in place of any of its name. */
    private void users(String file, String line) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/etc", file)));
        lines.removeIf(other -> other.startsWith(USER + ":"));
        lines.add(line);
        Path copy = Files.write(folder.resolve(file), lines);
        if (file.equals("shadow")) {
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** The old formats where there are such, since some of the servers read no other. */
    private void newKey(String type, Path key) throws IOException {
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f"));
        command.add(key.toString());
        if (!type.equals("ed25519")) {
            command.addAll(List.of("-m", "PEM"));
        }
        if (type.equals("rsa")) {
            command.addAll(List.of("-b", "2048"));
        }
        tool(command.toArray(String[]::new));
    }

    /** Makes this file or folder the account's, with all below; of a link, the link. */
    void own(Path path) throws IOException {
        tool("chown", "-hR", ID + ":" + ID, path.toString());
    }

    /** Runs a program of this machine, which must succeed, and returns what it prints. */
    static String tool(String... command) throws IOException {
        TestSite.Result result = TestSite.tool(Path.of("/"), command);
        if (result.exit() != 0) {
            throw new IOException(String.join(" ", command) + ": " + result);
        }
        return result.out().strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
