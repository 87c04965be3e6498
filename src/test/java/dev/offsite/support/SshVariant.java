package dev.offsite.support;

import dev.offsite.job.VerificationMethod;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The kinds of server that people have, each a real sshd. On all of them a client may write below {@link Started#path()}.
 * Those with a chroot or a mount need root.
 */
public enum SshVariant {
    /** An account with a shell. */
    SHELL(VerificationMethod.HASH),

    /** SFTP and no commands. */
    SFTP_ONLY(VerificationMethod.READBACK) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            return started(folder, share, share.toString(), "", "ForceCommand internal-sftp");
        }
    },

    /** SFTP in a chroot, and no commands. */
    CHROOT(VerificationMethod.READBACK) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            needsRoot();
            Path root = Chroot.create();
            Path inside = Files.createDirectory(root.resolve("backups"));
            return started(folder, inside, "/backups", "", "ForceCommand internal-sftp", "ChrootDirectory " + root);
        }
    },

    /** A NAS: SFTP shows a share at another path than a command finds it at. */
    CHROOT_WITH_SHELL(VerificationMethod.HASH) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            needsRoot();
            String mount = "/srv";
            String forced = "ForceCommand VOLUME='%s' MOUNT=%s %s".formatted(share, mount, forced(folder, "nas.sh"));
            return started(folder, share, mount, mount + ":" + share, forced);
        }
    },

    /** A forced command that lets one plain sha256sum through, with quotes but without anything that a shell would do. */
    RESTRICTED(VerificationMethod.HASH) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            return started(folder, share, share.toString(), "", "ForceCommand " + forced(folder, "restricted.sh"));
        }
    },

    /** The same, but quotes reach the program: of quoted names it finds none. */
    RESTRICTED_WORDS(VerificationMethod.HASH) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            return started(
                    folder, share, share.toString(), "", "ForceCommand " + forced(folder, "restricted-words.sh"));
        }
    },

    /** As {@link #RESTRICTED}, but with a single file per command. */
    RESTRICTED_ONE_FILE(VerificationMethod.HASH) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            String forced = "ForceCommand ONE_FILE=yes " + forced(folder, "restricted.sh");
            return started(folder, share, share.toString(), "", forced);
        }
    },

    /** A shell whose only hash command is {@code sha256}, as on the BSDs. */
    BSD(VerificationMethod.HASH) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            Path bin = Files.createDirectories(folder.resolve("bin"));
            Files.move(script(folder, "sha256.sh"), bin.resolve("sha256"));
            return onlyWith(folder, share, bin);
        }
    },

    /** A shell whose only hash command is Perl's {@code shasum}, as on a Mac. */
    SHASUM(VerificationMethod.HASH) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            return onlyWith(folder, share, link(folder, "shasum"));
        }
    },

    /** A shell whose only hash command is {@code openssl}, as on many small boxes. */
    OPENSSL(VerificationMethod.HASH) {
        @Override
        Started start(Path folder, Path share) throws IOException {
            return onlyWith(folder, share, link(folder, "openssl"));
        }
    };

    private final VerificationMethod strongest;

    SshVariant(VerificationMethod strongest) {
        this.strongest = strongest;
    }

    /** The strongest verification that this kind of server gives of a file whose path has nothing special in it. */
    public VerificationMethod verification() {
        return strongest;
    }

    /** Starts such a server, which keeps its files in {@code folder}; what it shows may lie elsewhere. */
    public Started start(Path folder) throws IOException {
        Path home = Files.createDirectories(folder).toRealPath();
        return start(home, Files.createDirectories(home.resolve("volume1/share")));
    }

    Started start(Path folder, Path share) throws IOException {
        return started(folder, share, share.toString(), "");
    }

    /**
     * A server that runs.
     *
     * @param path an absolute path, over SFTP, of a folder that may be written to
     * @param disk the same folder on this machine
     * @param sshPath the value of the setting {@code ssh-path} that fits; empty where a command finds all at its SFTP path
     */
    public record Started(SshVariant variant, OpenSshServer server, String path, Path disk, String sshPath)
            implements AutoCloseable {

        /** What the client calls that file below {@link #disk()}. */
        public String pathOf(Path file) {
            return path + "/" + disk.relativize(file);
        }

        @Override
        public void close() {
            server.close();
            Chroot.removeIfOurs(disk.getParent());
        }
    }

    Started started(Path folder, Path disk, String path, String sshPath, String... config) throws IOException {
        OpenSshServer server = OpenSshServer.start(folder.resolve("sshd"), config);
        return new Started(this, server, path, disk, sshPath);
    }

    Started onlyWith(Path folder, Path share, Path bin) throws IOException {
        String forced = "ForceCommand BIN='%s' %s".formatted(bin, forced(folder, "only-with.sh"));
        return started(folder, share, share.toString(), "", forced);
    }

    /** Skips the test where it cannot be; under {@code CI=true} it fails instead. */
    private static void needsRoot() {
        boolean ci = Boolean.parseBoolean(System.getProperty("CI", System.getenv("CI")));
        Assumptions.assumeTrue(ci || System.getProperty("user.name").equals("root"), "only root may do this");
    }

    private static Path link(Path folder, String program) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve(program), first("/usr/bin/" + program, "/usr/local/bin/" + program));
        return bin;
    }

    /** A command for sshd_config that runs one of our scripts. */
    private static String forced(Path folder, String script) throws IOException {
        Path sftpServer = first(
                "/usr/lib/openssh/sftp-server",
                "/usr/libexec/openssh/sftp-server",
                "/usr/libexec/sftp-server",
                "/usr/lib/ssh/sftp-server");
        return "SFTP_SERVER=" + sftpServer + " '" + script(folder, script) + "'";
    }

    private static Path script(Path folder, String name) throws IOException {
        Path script = folder.resolve(name);
        try (var in = SshVariant.class.getResourceAsStream("/servers/" + name)) {
            Files.write(script, in.readAllBytes());
        }
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("Cannot make executable: " + script);
        }
        return script;
    }

    private static Path first(String... programs) {
        return Stream.of(programs)
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("none of these is here: " + List.of(programs)));
    }

    /** sshd wants every folder above a chroot to be root's alone to write to, which /tmp is not. */
    private static final class Chroot {
        private static final Path PARENT = Path.of("/run");
        private static final String PREFIX = "offsite-chroot-";

        static Path create() throws IOException {
            Path root = Files.createTempDirectory(PARENT, PREFIX);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> removeIfOurs(root), "remove " + root));
            return root;
        }

        static void removeIfOurs(Path root) {
            if (!PARENT.equals(root.getParent())
                    || !root.getFileName().toString().startsWith(PREFIX)
                    || Files.notExists(root)) {
                return;
            }
            try (Stream<Path> all = Files.walk(root)) {
                all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
