package dev.offsite.cli;

import dev.offsite.doctor.Check;
import dev.offsite.doctor.Report;
import dev.offsite.doctor.Result;
import dev.offsite.init.Answers;
import dev.offsite.init.CommandLines;
import dev.offsite.init.InitFolders;
import dev.offsite.init.Interview;
import dev.offsite.init.Question;
import dev.offsite.init.ServerText;
import dev.offsite.init.ShownKey;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code offsite init}: writes a first configuration and tries it. Each step keeps what an earlier run has made, so that a run
 * that stopped is continued by the same command.
 */
@Command(
        description =
                "Sets up a first job: makes a key, checks the server's host key, writes the configuration, runs doctor, ships"
                        + " a test file and removes it again. Asks for what is not given. Changes no configuration that"
                        + " is there; if it stops, it says what to do, and goes on when it is run again.")
public final class InitCommand extends VerbCommand {

    /** The user that the Debian package makes. */
    private static final String OF_PACKAGE = "offsite";

    @Option(
            names = "--server",
            paramLabel = "HOST",
            description = "Name or address of the SSH server; also USER@HOST:PORT.")
    private String server;

    @Option(names = "--port", paramLabel = "PORT", description = "Its port, unless it is 22.")
    private Integer port;

    @Option(names = "--user", paramLabel = "NAME", description = "The user there.")
    private String user;

    @Option(names = "--source", paramLabel = "DIR", description = "The folder here whose files are shipped.")
    private String source;

    @Option(
            names = "--root",
            paramLabel = "PATH",
            description = "The folder there that they go to: /path, or user@host:/path, which names the server too.")
    private String root;

    @Option(names = "--job", paramLabel = "NAME", description = "Name of the job; by default after the source.")
    private String job;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "A private key that is there already; by default, one is made beside the configuration.")
    private String key;

    @Option(
            names = "--fingerprint",
            paramLabel = "SHA256:...",
            description =
                    "The expected fingerprint of one of the server's host keys; then nothing is asked about them.")
    private String fingerprint;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = {
                "The folder for the configuration, the key, the host keys and the state; by default /etc/offsite and",
                "/var/lib/offsite for root, else ~/.config/offsite and ~/.local/state/offsite."
            })
    private String dir;

    private final Surroundings surroundings = Surroundings.ofThisProcess();
    private final Optional<Interview.Terminal> terminal = InitTerminal.ofThisProcess();

    @Override
    public Integer call() throws Exception {
        checkOptions();
        InitFolders folders = dir == null
                ? InitFolders.of(surroundings)
                : InitFolders.in(PathArguments.local(offsite.here(), dir).normalize());
        InitFiles files = new InitFiles(folders);
        Answers given = answers(files);
        Target target = target(given, folders);
        Answers answers = given.at(target.port());
        if (files.isConfigured() && !files.isWritten(answers)) {
            throw files.refusal(answers);
        }
        String again = again(answers);
        files.makeFolder();
        files.takeUnusedState();
        InitFiles.PublicKey publicKey = files.key(answers);
        System.out.printf(
                "Key: %s%s%n",
                publicKey.privateFile(),
                publicKey.anew() ? ", made now, without a passphrase" : ", which was there already");
        new InitHostKey(files, terminal, fingerprint, again, surroundings).accept(target);
        new InitLogin(target, answers, publicKey, folders, terminal, surroundings, again).await();
        System.out.printf("Login: %s lets us in%n", target);
        boolean anew = files.write(answers);
        System.out.printf("Configuration: %s%s%n%n", folders.file(), anew ? "" : ", which was there already");
        int examined = examine(answers, Configuration.load(folders.file()), again);
        if (examined != ExitCode.OK) {
            return examined;
        }
        new InitTestFile(folders, answers).ship();
        System.out.printf("Test file: shipped, verified, and removed again%n%n");
        whatNext(answers, folders);
        return ExitCode.OK;
    }

    private void checkOptions() {
        if (offsite.namedConfigFile().isPresent()) {
            throw new CommandException("init: it writes a configuration, and -c names one to read: use --dir DIR");
        }
        if (fingerprint != null && !ShownKey.isFingerprint(fingerprint)) {
            throw new CommandException(
                    "init: --fingerprint: '%s' is no fingerprint such as SHA256: and 43 characters, as ssh-keygen -lf prints it"
                            .formatted(fingerprint));
        }
        if (port != null) {
            SettingValidator.problem(Setting.PORT, port.toString()).ifPresent(problem -> {
                throw new CommandException("init: --port: " + problem);
            });
        }
        if (job != null && !Answers.jobOf(job).equals(job)) {
            throw new CommandException(
                    "init: --job: '%s' has other characters than letters, digits, _ and -".formatted(job));
        }
    }

    private Answers answers(InitFiles files) {
        Optional<Answers> before = files.isConfigured() ? files.before() : Optional.empty();
        if (files.isConfigured() && before.isEmpty()) {
            throw files.refusal();
        }
        Map<Question, String> given = given(before);
        InitRules rules = new InitRules(offsite.here(), surroundings, job);
        Map<Question, String> all;
        try {
            all = new Interview(terminal, rules).complete(given);
        } catch (Interview.UnansweredException e) {
            throw new CommandException("init: " + e.getMessage());
        }
        ServerText place = ServerText.parse(all.get(Question.SERVER));
        if (port != null && place.port() > 0 && port != place.port()) {
            throw new CommandException("init: --port %d, or port %d of the server?".formatted(port, place.port()));
        }
        String from = rules.source(all.get(Question.SOURCE));
        return new Answers(
                place.host(),
                port == null ? place.port() : port,
                all.get(Question.USER),
                from,
                InitRules.root(all.get(Question.ROOT)),
                job != null ? job : before.map(Answers::job).orElseGet(() -> Answers.jobOf(from)),
                key != null ? keyPath() : before.map(Answers::key).orElse(Answers.OWN_KEY));
    }

    private String keyPath() {
        String path = PathArguments.local(offsite.here(), key).normalize().toString();
        if (!Answers.isPlain(path)) {
            throw new CommandException("init: --key: a configuration cannot have this path");
        }
        return path;
    }

    /** By options first, then by what an earlier run has written. */
    private Map<Question, String> given(Optional<Answers> before) {
        Map<Question, String> given = new EnumMap<>(Question.class);
        put(given, Question.USER, user);
        put(given, Question.SOURCE, source);
        put(given, Question.SERVER, server);
        if (root != null && RemotePlace.isLikely(root) && !root.startsWith("/")) {
            RemotePlace place = PathArguments.remote(root);
            String host = place.host() == null || place.port() == 0
                    ? place.host()
                    : (place.host().contains(":") ? "[" + place.host() + "]" : place.host()) + ":" + place.port();
            if (place.host() != null && server != null) {
                throw new CommandException(
                        "init: --server %s, or the server in --root %s? name only one of them".formatted(server, root));
            }
            put(given, Question.SERVER, host);
            put(given, Question.USER, place.user());
            put(given, Question.ROOT, place.path().path());
        } else {
            put(given, Question.ROOT, root);
        }
        if (server != null
                && new InitRules(offsite.here(), surroundings, job)
                        .problem(Question.SERVER, server)
                        .isEmpty()) {
            put(given, Question.USER, ServerText.parse(server).user().orElse(null));
        }
        before.ifPresent(answers -> {
            put(given, Question.SERVER, answers.port() == 0 ? answers.host() : serverOf(answers));
            put(given, Question.USER, answers.user());
            put(given, Question.SOURCE, answers.source());
            put(given, Question.ROOT, answers.root());
        });
        return given;
    }

    private static String serverOf(Answers answers) {
        return (answers.host().contains(":") ? "[" + answers.host() + "]" : answers.host()) + ":" + answers.port();
    }

    private static void put(Map<Question, String> given, Question question, String answer) {
        if (answer != null) {
            given.putIfAbsent(question, answer);
        }
    }

    private String again(Answers answers) {
        List<String> words = new ArrayList<>(List.of("offsite", "init"));
        words.addAll(answers.options());
        if (dir != null) {
            words.addAll(List.of(
                    "--dir",
                    PathArguments.local(offsite.here(), dir).normalize().toString()));
        }
        return CommandLines.shell(words);
    }

    /** As the configuration will have it. */
    private static Target target(Answers answers, InitFolders folders) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.ofAll()) {
            if (setting.scope() == Setting.Scope.TARGET && setting.defaultValue() != null) {
                values.put(setting, setting.defaultValue());
            }
        }
        values.put(Setting.HOST, answers.host());
        if (answers.port() > 0) {
            values.put(Setting.PORT, String.valueOf(answers.port()));
        }
        values.put(Setting.USER, answers.user());
        values.put(Setting.KEY, folders.config().resolve(answers.key()).toString());
        values.put(Setting.KNOWN_HOSTS, folders.knownHosts().toString());
        TargetCheck check = TargetCheck.ofThisProcess(Set.of(Setting.KEY, Setting.KNOWN_HOSTS));
        check.standardConfig(values).ifPresent(file -> values.put(Setting.SSH_CONFIG, file.toString()));
        List<String> problems = new ArrayList<>();
        return check.target(values, (setting, problem) -> problems.add(setting.globalKey() + ": " + problem))
                .orElseThrow(() -> new CommandException("init: " + String.join("; ", problems)));
    }

    private static int examine(Answers answers, Configuration configuration, String again) {
        List<Report> reports = DoctorCommand.examine(configuration, List.of(answers.job()), true);
        int exitCode = DoctorCommand.exitCode(reports);
        if (exitCode != ExitCode.OK) {
            boolean folder = reports.stream()
                    .flatMap(report -> report.findings().stream())
                    .anyMatch(finding -> finding.check() == Check.MAKE_FOLDER && finding.result() == Result.FAIL);
            if (folder) {
                System.out.printf(
                        "Create the folder on the server, as root there:%n  %s%n",
                        CommandLines.shell(
                                List.of("install", "-d", "-o", answers.user(), "-m", "0750", answers.root())));
            }
            Failures.say(
                    "init: doctor found what must be put right first (FAIL above); then run: %s. Or name another folder as root in %s, and run offsite doctor"
                            .formatted(again, configuration.file()));
        }
        return exitCode;
    }

    private static void whatNext(Answers answers, InitFolders folders) {
        List<String> command = List.of(program(), "-c", folders.file().toString());
        System.out.printf(
                """
                Ready. The first backup, of all that is in %s:
                  %s
                Every night, by a line in a crontab (crontab -e):
                  %s
                Or all the time, as a service (docs/service.md says how, with systemd):
                  %s
                """,
                answers.source(),
                CommandLines.shell(with(command, "ship")),
                CommandLines.cron(with(command, "ship")),
                CommandLines.shell(with(command, "serve")));
        if (folders.equals(InitFolders.ofSystem()) && isUser(OF_PACKAGE)) {
            System.out.printf(
                    """
                    The service of the package runs as the user %s, and then all commands must. Before you start it:
                      chown -R %s: %s %s
                      systemctl enable --now offsite
                    """,
                    OF_PACKAGE, OF_PACKAGE, folders.config().resolve(answers.key()), folders.state());
        }
    }

    private static boolean isUser(String name) {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name) != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> with(List<String> command, String verb) {
        List<String> words = new ArrayList<>(command);
        words.add(verb);
        return words;
    }

    /** As the shell finds it, if it does; else where it is. */
    private static String program() {
        Optional<Path> own = CamelApplication.home().map(home -> home.resolve("bin/offsite"));
        return Stream.concat(
                        Stream.of("/usr/bin/offsite", "/usr/local/bin/offsite")
                                .filter(link -> own.filter(file -> isSame(Path.of(link), file))
                                        .isPresent()),
                        own.map(Path::toString).stream())
                .findFirst()
                .orElse("offsite");
    }

    private static boolean isSame(Path link, Path file) {
        try {
            return Files.isSameFile(link, file);
        } catch (IOException e) {
            // There is no such link.
            return false;
        }
    }
}
