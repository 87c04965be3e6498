package dev.offsite.support.servers;

import static dev.offsite.support.servers.ServerAccount.ID;
import static dev.offsite.support.servers.ServerAccount.KEY_TYPES;
import static dev.offsite.support.servers.ServerAccount.USER;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SFTP servers that people rent or own, in the versions of Debian and npm, as {@code .ci/install-servers} installs them. All
 * of them need root, since each runs where an account of its own exists.
 */
public enum RealServer {
    OPENSSH("OpenSSH", "openssh-server") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return sshd(account, port, "internal-sftp");
        }
    },

    OPENSSH_SFTP_ONLY("OpenSSH, only SFTP (`ForceCommand internal-sftp`)", "openssh-server") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return sshd(account, port, "internal-sftp", "ForceCommand internal-sftp");
        }
    },

    PROFTPD("ProFTPD", "proftpd-core") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return proftpd(account, port);
        }
    },

    PROFTPD_HIDDEN_STORES("ProFTPD with `HiddenStores` and `DefaultRoot`", "proftpd-core") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return proftpd(account, port, "HiddenStores on", "DeleteAbortedStores on", "DefaultRoot ~");
        }

        @Override
        String path(ServerAccount account) {
            return "";
        }
    },

    DROPBEAR("Dropbear", "dropbear-bin") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            List<String> line = new ArrayList<>(List.of("dropbear", "-F", "-E", "-p", "127.0.0.1:" + port, "-P"));
            line.add(account.folder().resolve("dropbear.pid").toString());
            for (String type : KEY_TYPES) {
                String key = account.folder().resolve("dropbear_" + type).toString();
                ServerAccount.tool(
                        "dropbearconvert",
                        "openssh",
                        "dropbear",
                        account.hostKey(type).toString(),
                        key);
                line.addAll(List.of("-r", key));
            }
            return line;
        }
    },

    RCLONE("rclone serve sftp", "rclone") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return rclone(account, port, "off");
        }

        @Override
        String path(ServerAccount account) {
            return "";
        }

        @Override
        boolean runsAsAccount() {
            return true;
        }
    },

    RCLONE_WRITES("rclone serve sftp with `--vfs-cache-mode writes`", "rclone") {
        @Override
        public boolean writesLater() {
            return true;
        }

        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return rclone(account, port, "writes");
        }

        @Override
        String path(ServerAccount account) {
            return "";
        }

        @Override
        boolean runsAsAccount() {
            return true;
        }
    },

    ASYNCSSH("asyncssh", "python3-asyncssh") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return script(account, port, "/usr/bin/python3", "asyncssh_server.py");
        }

        @Override
        boolean runsAsAccount() {
            return true;
        }
    },

    CONCH("Twisted Conch", "python3-twisted") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return script(account, port, "/usr/bin/python3", "conch_server.py");
        }
    },

    ERLANG("Erlang/OTP ssh", "erlang-ssh") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            Path system = Files.createDirectories(account.folder().resolve("system"));
            for (String type : KEY_TYPES) {
                Files.copy(account.hostKey(type), system.resolve("ssh_host_" + type + "_key"));
            }
            account.own(system);
            return script(account, port, "escript", "erlang_server.escript");
        }

        @Override
        boolean runsAsAccount() {
            return true;
        }
    },

    MYSECURESHELL_STOCK("MySecureShell as installed, but for its limits of speed", "mysecureshell") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return sshd(account, port, MYSECURESHELL_PROGRAM + " -c sftp-server");
        }

        @Override
        String path(ServerAccount account) {
            return "";
        }

        @Override
        String shell() {
            return MYSECURESHELL_PROGRAM;
        }

        @Override
        Map<Path, Path> instead(ServerAccount account) throws IOException {
            // Without its limit of 5 KiB a second, which would take hours.
            String stock = Files.readString(Path.of(MYSECURESHELL_CONFIG)).replaceAll("(Download\\s+)\\d+k", "$10");
            String ours = stock.replace("/home/$USER", account.files().toString());
            return Map.of(Path.of(MYSECURESHELL_CONFIG), account.write("sftp_config", ours));
        }
    },

    MYSECURESHELL("MySecureShell without its limits", "mysecureshell") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return sshd(account, port, MYSECURESHELL_PROGRAM + " -c sftp-server");
        }

        @Override
        String shell() {
            return MYSECURESHELL_PROGRAM;
        }

        @Override
        Map<Path, Path> instead(ServerAccount account) throws IOException {
            String open =
                    """
                    <Default>
                    	StayAtHome false
                    	VirtualChroot false
                    	Home %s
                    	IdleTimeOut 5m
                    	ShowLinksAsLinks true
                    	HideNoAccess false
                    </Default>
                    """
                            .formatted(account.files());
            return Map.of(Path.of(MYSECURESHELL_CONFIG), account.write("sftp_config", open));
        }
    },

    LSH("lsh's sftp-server in OpenSSH", "lsh-server") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return sshd(account, port, "/usr/lib/lsh-server/sftp-server");
        }
    },

    GO_SFTP("pkg/sftp (Go) in OpenSSH", "golang-github-pkg-sftp-dev") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return sshd(account, port, INSTALLED.resolve("pkgsftp").toString());
        }

        @Override
        public boolean installed() {
            return super.installed() && Files.isExecutable(INSTALLED.resolve("pkgsftp"));
        }
    },

    MINA("Apache MINA SSHD", "") {
        @Override
        List<String> command(ServerAccount account, int port) {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    classPath(),
                    MinaServer.class.getName(),
                    String.valueOf(port),
                    account.folder().toString());
        }

        @Override
        public boolean installed() {
            return true;
        }

        @Override
        public String version() {
            return org.apache.sshd.server.SshServer.class.getPackage().getImplementationVersion();
        }
    },

    SSH2("ssh2 (npm)", "") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return script(account, port, "node", "ssh2_server.js", NODE_MODULES.toString());
        }

        @Override
        boolean runsAsAccount() {
            return true;
        }

        @Override
        public boolean installed() {
            return Files.isDirectory(NODE_MODULES.resolve("ssh2"));
        }

        @Override
        public String version() throws IOException {
            String description = Files.readString(NODE_MODULES.resolve("ssh2/package.json"));
            return description.replaceFirst("(?s).*\"version\":\\s*\"([^\"]+)\".*", "$1");
        }
    },

    PARAMIKO("paramiko", "python3-paramiko") {
        @Override
        List<String> command(ServerAccount account, int port) throws IOException {
            return script(account, port, "/usr/bin/python3", "paramiko_server.py");
        }

        @Override
        boolean runsAsAccount() {
            return true;
        }

        @Override
        List<String> keyTypes() {
            return List.of("rsa");
        }
    };

    /** What {@code .ci/install-servers} builds. */
    private static final Path INSTALLED = Path.of("target/servers").toAbsolutePath();

    private static final Path NODE_MODULES = INSTALLED.resolve("node_modules");
    private static final Path SCRIPTS = Path.of("src/test/resources/servers").toAbsolutePath();
    private static final String MYSECURESHELL_PROGRAM = "/usr/bin/mysecureshell";
    private static final String MYSECURESHELL_CONFIG = "/etc/ssh/sftp_config";

    private final String title;
    private final String debianPackage;

    RealServer(String title, String debianPackage) {
        this.title = title;
        this.debianPackage = debianPackage;
    }

    /** Its name in {@code docs/servers.md}. */
    public String title() {
        return title;
    }

    /** What its users should set, for {@code docs/servers.md}. */
    public String advice() {
        return switch (this) {
            case OPENSSH_SFTP_ONLY, ASYNCSSH, SSH2, PARAMIKO ->
                "nothing; a hash command would save the download of each copy ([verify.md](verify.md))";
            case RCLONE_WRITES -> "`--vfs-cache-mode off` on the server";
            case CONCH -> "names without letters beyond ASCII in the source";
            case ERLANG -> "another server: on this one, `SHA256SUMS` cannot be replaced";
            case MYSECURESHELL_STOCK ->
                "in `sftp_config`: `LimitConnectionByUser` 5 or more, `Download` 0, `ShowLinksAsLinks` true";
            default -> "nothing";
        };
    }

    /** What to start, in the foreground, on 127.0.0.1. */
    abstract List<String> command(ServerAccount account, int port) throws IOException;

    /** What SFTP calls the folder of the account's files; empty if it is the root of what SFTP shows. */
    String path(ServerAccount account) {
        return account.files().toString();
    }

    /** The account's login shell. */
    String shell() {
        return "/bin/sh";
    }

    /** The types of its host keys. */
    List<String> keyTypes() {
        return KEY_TYPES;
    }

    /** Whether the server itself runs as the account, not as root. */
    boolean runsAsAccount() {
        return false;
    }

    /** Whether files are on its disk only some time after it said so. */
    public boolean writesLater() {
        return false;
    }

    /** Files of this machine that it reads, and what it shall see in their place. */
    Map<Path, Path> instead(ServerAccount account) throws IOException {
        return Map.of();
    }

    public boolean installed() {
        return !version(debianPackage).isEmpty();
    }

    /** The version of the program, without Debian's additions. */
    public String version() throws IOException {
        return version(debianPackage).replaceFirst("^\\d+:", "").replaceFirst("[-+~].*", "");
    }

    private static String version(String debianPackage) {
        try {
            return ServerAccount.tool("dpkg-query", "-W", "-f=${Version}", debianPackage);
        } catch (IOException e) {
            return "";
        }
    }

    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> script(ServerAccount account, int port, String program, String name, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "env", "HOME=" + account.home(), program, SCRIPTS.resolve(name).toString(), String.valueOf(port)));
        line.add(account.folder().toString());
        line.addAll(List.of(more));
        return line;
    }

    private static List<String> sshd(ServerAccount account, int port, String subsystem, String... more)
            throws IOException {
        Files.createDirectories(Path.of("/run/sshd"));
        List<String> lines = new ArrayList<>(List.of(
                "Port " + port,
                "ListenAddress 127.0.0.1",
                "StrictModes no",
                "UsePAM no",
                "PidFile none",
                "LogLevel VERBOSE",
                "Subsystem sftp " + subsystem));
        KEY_TYPES.forEach(type -> lines.add("HostKey " + account.hostKey(type)));
        lines.addAll(List.of(more));
        Path config = account.write("sshd_config", String.join("\n", lines) + "\n");
        return List.of("/usr/sbin/sshd", "-D", "-e", "-f", config.toString());
    }

    private static List<String> proftpd(ServerAccount account, int port, String... more) throws IOException {
        String keys = "";
        for (String type : KEY_TYPES) {
            String key = ServerAccount.publicOf(account.key(type)).toString();
            keys += ServerAccount.tool("ssh-keygen", "-e", "-m", "RFC4716", "-f", key) + "\n";
        }
        Path authorized = account.write("authorized_rfc4716", keys);
        String password = ServerAccount.tool("openssl", "passwd", "-6", "a password that nobody uses");
        Path users = account.write(
                "proftpd.passwd", "%s:%s:%d:%d::%s:/bin/sh\n".formatted(USER, password, ID, ID, account.files()));
        ServerAccount.tool("chmod", "600", users.toString());
        List<String> lines = new ArrayList<>(List.of(
                "ModulePath /usr/lib/proftpd",
                "LoadModule mod_sftp.c",
                "ServerName test",
                "ServerType standalone",
                "UseIPv6 off",
                "DefaultAddress 127.0.0.1",
                "SocketBindTight on",
                "Port " + port,
                "User nobody",
                "Group nogroup",
                "PidFile " + account.folder().resolve("proftpd.pid"),
                "ScoreboardFile " + account.folder().resolve("scoreboard"),
                "DelayTable none",
                "SystemLog " + account.folder().resolve("system.log"),
                "TransferLog none",
                "WtmpLog off",
                "AuthUserFile " + users,
                "AuthOrder mod_auth_file.c",
                "RequireValidShell off",
                "AllowOverwrite on",
                "MaxInstances 60",
                "SFTPEngine on",
                "SFTPLog " + account.folder().resolve("sftp.log"),
                "SFTPAuthorizedUserKeys file:" + authorized));
        KEY_TYPES.forEach(type -> lines.add("SFTPHostKey " + account.hostKey(type)));
        lines.addAll(List.of(more));
        Path config = account.write("proftpd.conf", String.join("\n", lines) + "\n");
        return List.of("/usr/sbin/proftpd", "-n", "-c", config.toString());
    }

    private static List<String> rclone(ServerAccount account, int port, String cache) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "env",
                "HOME=" + account.home(),
                "XDG_CACHE_HOME=" + account.home().resolve("cache"),
                "rclone",
                "serve",
                "sftp",
                account.files().toString(),
                "--addr",
                "127.0.0.1:" + port,
                "--user",
                USER,
                "--authorized-keys",
                account.authorizedKeys().toString(),
                "--vfs-cache-mode",
                cache,
                "--config",
                account.home().resolve("rclone.conf").toString()));
        for (String type : KEY_TYPES) {
            line.addAll(List.of("--key", account.hostKey(type).toString()));
        }
        return line;
    }
}
