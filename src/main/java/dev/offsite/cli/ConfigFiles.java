package dev.offsite.cli;

import dev.offsite.init.InitFolders;
import dev.offsite.job.Setting;
import dev.offsite.openssh.Surroundings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the configuration may be, the first one wins.
 *
 * @param named with -c; else null
 * @param user the folder with that of the user, ~/.config/offsite
 * @param machine the folder with that of this machine, /etc/offsite
 * @param home the folder of the distribution
 */
record ConfigFiles(Path here, Path named, Optional<Path> user, Optional<Path> machine, Optional<Path> home) {

    private static final String NAME = "application.properties";

    /** Only for the command that bin/offsite starts: an application that embeds the jar has its own. */
    static ConfigFiles of(Path here, Path named) {
        Optional<Path> machine =
                Optional.ofNullable(System.getProperty("offsite.etc")).map(Path::of);
        Optional<Path> user = machine.map(unused -> InitFolders.configOf(Surroundings.ofThisProcess()));
        return new ConfigFiles(here, named, user, machine, CamelApplication.home());
    }

    Optional<Path> found() {
        if (named != null) {
            if (named.toString().isEmpty()) {
                throw new CommandException("-c: name the configuration file");
            }
            return Optional.of(here.resolve(named));
        }
        return file(Optional.of(here))
                .or(() -> file(user))
                .or(this::machineFile)
                .or(() -> file(home));
    }

    /** Where it was looked for, for a message. */
    String places() {
        return "here"
                + Stream.of(user, machine)
                        .flatMap(Optional::stream)
                        .map(folder -> ", in " + folder)
                        .collect(Collectors.joining());
    }

    private static Optional<Path> file(Optional<Path> folder) {
        return folder.map(some -> some.resolve(NAME)).filter(Files::exists);
    }

    /** For a command that needs none: that of the machine is for the user whose state it names, and not for everybody. */
    Optional<Configuration> any(Surroundings surroundings) {
        Optional<Path> file = found();
        if (file.isEmpty() || !file.equals(machineFile())) {
            return file.map(ConfigFiles::read);
        }
        return file.filter(each -> hasStateOf(surroundings.user(), each)).map(ConfigFiles::read);
    }

    private Optional<Path> machineFile() {
        return file(machine);
    }

    private static Configuration read(Path file) {
        return Configuration.read(file, Set.of());
    }

    /** Without a look at the other settings: others may be unable to read what they name. */
    private static boolean hasStateOf(String user, Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            String key = Setting.STATE.globalKey();
            Path state = file.resolveSibling(properties.getProperty(key, Setting.STATE.defaultValue()))
                    .toAbsolutePath();
            return Files.notExists(state)
                    ? Files.isWritable(state.getParent())
                    : Files.getOwner(state).getName().equals(user);
        } catch (IOException | IllegalArgumentException unreadable) {
            return false;
        }
    }
}
