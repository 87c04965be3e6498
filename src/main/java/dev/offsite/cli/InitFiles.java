package dev.offsite.cli;

import dev.offsite.exec.NewKey;
import dev.offsite.init.Answers;
import dev.offsite.init.FirstConfiguration;
import dev.offsite.init.InitFolders;
import dev.offsite.io.TextFile;
import dev.offsite.job.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What {@code offsite init} writes on this machine. It replaces nothing. */
record InitFiles(InitFolders folders) {

    private static final Set<Setting> MAY_BE_MISSING = EnumSet.of(Setting.KEY, Setting.KNOWN_HOSTS);

    /** The public half, as in authorized_keys, and its file. */
    record PublicKey(Path privateFile, Path file, String line, boolean anew) {}

    boolean isConfigured() {
        return Files.exists(folders.file(), LinkOption.NOFOLLOW_LINKS);
    }

    /** What the configuration that is there was made of; empty if it was not made by init alone. */
    Optional<Answers> before() {
        Configuration read;
        try {
            read = Configuration.read(folders.file(), MAY_BE_MISSING);
        } catch (CommandException e) {
            return Optional.empty();
        }
        if (read.jobs().size() != 1) {
            return Optional.empty();
        }
        String job = read.jobs().get(0);
        Map<String, String> written = read.written();
        String port = written.getOrDefault(Setting.PORT.globalKey(), "22");
        return Optional.of(new Answers(
                        written.getOrDefault(Setting.HOST.globalKey(), ""),
                        port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0,
                        written.getOrDefault(Setting.USER.globalKey(), ""),
                        written.getOrDefault(Setting.SOURCE.jobKey(job), ""),
                        written.getOrDefault(Setting.ROOT.jobKey(job), ""),
                        job,
                        written.getOrDefault(Setting.KEY.globalKey(), "")))
                .filter(this::isWritten);
    }

    /** Whether the configuration is there and says just that. */
    boolean isWritten(Answers answers) {
        try {
            return TextFile.read(folders.file()).equals(FirstConfiguration.text(answers, folders.state()));
        } catch (IOException e) {
            return false;
        }
    }

    CommandException refusal() {
        return refusal("");
    }

    /** Names the answers that are others than those in the configuration. */
    CommandException refusal(Answers answers) {
        List<String> differing = before().map(answers::differing).orElse(List.of());
        return refusal(differing.isEmpty() ? "" : ", with another " + String.join(", another ", differing));
    }

    private CommandException refusal(String difference) {
        Path file = folders.file();
        return new CommandException(
                ("init: there is a configuration already, %s%s, and init never changes one: edit it, then check it with offsite -c %s"
                                + " doctor; or move it away; or name another folder with --dir")
                        .formatted(file, difference, file));
    }

    /** The folder that all goes into. */
    void makeFolder() {
        Path folder = folders.config();
        try {
            if (!Files.isDirectory(folder)) {
                String rights = folder.equals(InitFolders.OF_SYSTEM) ? "rwxr-xr-x" : "rwx------";
                Files.createDirectories(folder.toAbsolutePath().getParent());
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights)));
            }
            if (!Files.isWritable(folder)) {
                throw new IOException("it may not be written");
            }
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /** A state folder that nobody has used yet becomes root's: what root ships there, another user could not read. */
    void takeUnusedState() {
        Path state = Path.of(folders.state());
        try {
            if (folders.equals(InitFolders.ofSystem()) && Files.isDirectory(state) && isEmpty(state)) {
                Files.setOwner(state, Files.getOwner(folders.config()));
            }
        } catch (IOException e) {
            throw unwritable(state, e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }

    private static CommandException unwritable(Path path, IOException e) {
        return new CommandException(
                "init: %s cannot be made: %s; run it as a user who may, or name another folder with --dir"
                        .formatted(path, PropertiesFile.reason(e)));
    }

    /** The key of the answers; makes the one of our own if there is none yet. */
    PublicKey key(Answers answers) {
        Path key = folders.config().resolve(answers.key());
        Path file = key.resolveSibling(key.getFileName() + ".pub");
        boolean own = answers.key().equals(Answers.OWN_KEY);
        try {
            boolean anew = own && Files.notExists(key, LinkOption.NOFOLLOW_LINKS);
            if (anew) {
                NewKey made = NewKey.make(comment());
                create(key, "rw-------", made.file());
            }
            SettingValidator.problem(Setting.KEY, key.toString()).ifPresent(problem -> {
                throw new CommandException(
                        "init: " + problem + (own ? "; or move it away, then a new one is made" : ""));
            });
            String line = NewKey.publicLine(key, comment());
            if (anew || (own && Files.notExists(file))) {
                Files.writeString(file, line + "\n");
            }
            return new PublicKey(key, file, line, anew);
        } catch (IOException e) {
            throw unwritable(key, e);
        } catch (IllegalArgumentException e) {
            throw new CommandException("init: " + e.getMessage());
        }
    }

    /** Whose key it is, for whoever reads authorized_keys. */
    private static String comment() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            host = "here";
        }
        return "offsite@" + host.replaceAll("[^A-Za-z0-9.-]", "-");
    }

    private static void create(Path file, String rights, String text) throws IOException {
        Set<StandardOpenOption> anew = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(
                file, anew, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights)))) {
            Channels.newOutputStream(channel).write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Adds a line, unless it is there. */
    void trust(String line) {
        Path file = folders.knownHosts();
        try {
            String text = known(file);
            if (text.lines().noneMatch(line::equals)) {
                String end = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
                Files.writeString(
                        file,
                        end + line + "\n",
                        StandardCharsets.ISO_8859_1,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static String known(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** Writes the configuration, unless it is there; returns whether it was not. */
    boolean write(Answers answers) {
        if (isWritten(answers)) {
            return false;
        }
        try {
            create(folders.file(), "rw-r--r--", FirstConfiguration.text(answers, folders.state()));
            return true;
        } catch (FileAlreadyExistsException e) {
            throw refusal();
        } catch (IOException e) {
            throw unwritable(folders.file(), e);
        }
    }
}
