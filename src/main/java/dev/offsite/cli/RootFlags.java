package dev.offsite.cli;

import dev.offsite.init.Answers;
import dev.offsite.init.InitFolders;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.PrivateFiles;
import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.job.Jobs;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** A job by options instead of a configuration: one root, on a machine that may have nothing. */
public final class RootFlags {

    static final String ROOT = "--root";
    static final String SET = "--set";
    static final String ROOT_LABEL = "USER@HOST:/PATH";
    static final String SET_LABEL = "KEY=VALUE";
    static final String ROOT_WORDS =
            "A root on a server, in place of a job of the configuration, which is not read then (docs/without-configuration.md).";
    static final String SET_WORDS = "With --root: any other setting of a job, such as folder-format=yyyy-MM-dd.";

    /** What the root says. */
    private static final Set<Setting> OF_ROOT = Set.of(Setting.ROOT, Setting.HOST, Setting.USER, Setting.PORT);

    private static final int DIGITS = 12;

    @Option(names = ROOT, paramLabel = ROOT_LABEL, description = ROOT_WORDS)
    private String root;

    @Option(names = SET, paramLabel = SET_LABEL, description = SET_WORDS)
    private List<String> set = List.of();

    /** For picocli. */
    RootFlags() {}

    /** For commands that are described without annotations. */
    RootFlags(String root, List<String> set) {
        this.root = root;
        this.set = set;
    }

    /** Whether there is one; fails with {@link CommandException} if the options do not fit together. */
    boolean given(Offsite offsite, String verb) {
        if (root == null) {
            if (!set.isEmpty()) {
                throw new CommandException(
                        "%s: %s is for a root that --root names".formatted(verb, option(set.get(0))));
            }
            return false;
        }
        if (offsite.namedConfigFile().isPresent()) {
            throw new CommandException("%s: --root, or the configuration of -c? name only one of them".formatted(verb));
        }
        return true;
    }

    /**
     * A job, and the words behind it on the command line.
     *
     * @param words of what is in its root: a date, then files
     */
    record Named(Configuration configuration, String job, List<String> words) {}

    /** With {@code --root}, there is one job, and all words are of what is in it. Without, the job must be named. */
    Named named(Offsite offsite, String verb, String job, List<String> words) {
        if (given(offsite, verb)) {
            Configuration configuration = configuration(offsite, verb);
            List<String> all =
                    Stream.concat(Stream.ofNullable(job), words.stream()).toList();
            return new Named(configuration, configuration.jobs().get(0), all);
        }
        if (job == null) {
            throw new CommandException(
                    "%s: name the job, or with --root user@host:/path a root on a server".formatted(verb));
        }
        Configuration configuration = offsite.configuration();
        JobNames.check(configuration, List.of(job));
        return new Named(configuration, job, words);
    }

    /** The option that such a text of {@code --set} stands for. */
    private static String option(String text) {
        String key = Text.line(text.replaceFirst("(?s)=.*", ""));
        return key.equals(Setting.SOURCE.key()) || key.equals(Setting.KEEP.key()) ? "--" + key : SET + " " + key;
    }

    /** The configuration with one job that the options come to, with its state below the user's own. */
    Configuration configuration(Offsite offsite, String verb) {
        Surroundings surroundings = Surroundings.ofThisProcess();
        RemotePlace place = PathArguments.remote(root);
        Map<Setting, String> given = given(verb);
        ServerSettings settings = server(place, given, surroundings);
        DirectTarget direct = new DirectTarget(verb, offsite.here(), surroundings);
        Target target = direct.of(settings);
        Map<Setting, String> server = direct.settingsOf(settings);
        String path = place.path().path();
        String job = Answers.jobOf(path);
        Path state = InitFolders.stateOf(surroundings).resolve("roots").resolve(folder(target, path, job));
        Properties properties = new Properties();
        server.forEach((setting, text) -> properties.setProperty(setting.globalKey(), text));
        properties.setProperty(Setting.STATE.globalKey(), state.toString());
        properties.setProperty(Setting.jobKey(job, "templateId"), Jobs.TEMPLATE);
        properties.setProperty(Setting.ROOT.jobKey(job), path);
        properties.setProperty(
                Setting.SOURCE.jobKey(job), state.resolve("no-source").toString());
        given.forEach((setting, text) -> {
            if (setting.scope() == Setting.Scope.JOB) {
                properties.setProperty(setting.jobKey(job), local(offsite, setting, text, surroundings));
            }
        });
        return Configuration.of(
                state.resolve("application.properties"),
                new PropertiesFile(properties, List.of()),
                Set.of(Setting.SSH_CONFIG),
                problem -> verb + ": " + inWordsOfOptions(problem));
    }

    private static String inWordsOfOptions(String problem) {
        return problem.replaceFirst("^(camel\\.routeTemplate\\[[^]]*]|offsite)\\.(?=root:|source:|keep:)", "--")
                .replaceFirst("^(camel\\.routeTemplate\\[[^]]*]|offsite)\\.", "--set ");
    }

    private Map<Setting, String> given(String verb) {
        Map<Setting, String> given = new EnumMap<>(Setting.class);
        for (String text : set) {
            int equals = text.indexOf('=');
            String key = equals < 0 ? text : text.substring(0, equals);
            List<String> known = Setting.ofJob().stream().map(Setting::key).toList();
            Setting setting = Setting.named(key, Setting.ofJob())
                    .filter(one -> !OF_ROOT.contains(one))
                    .orElseThrow(() -> new CommandException("%s: %s: %s"
                            .formatted(
                                    verb,
                                    option(text),
                                    OF_ROOT.stream().map(Setting::key).anyMatch(key::equals)
                                            ? "--root says that"
                                            : "there is no such key of a job" + SpellingSuggestion.to(key, known))));
            if (equals < 0) {
                throw new CommandException("%s: %s: write %s=VALUE".formatted(verb, option(text), key));
            }
            if (given.put(setting, text.substring(equals + 1)) != null) {
                throw new CommandException("%s: %s is there twice".formatted(verb, option(text)));
            }
        }
        return given;
    }

    private static ServerSettings server(RemotePlace place, Map<Setting, String> given, Surroundings surroundings) {
        Map<Setting, ServerSettings.Value> values = new EnumMap<>(Setting.class);
        given.forEach((setting, text) -> {
            if (setting.scope() == Setting.Scope.TARGET) {
                values.put(setting, new ServerSettings.Value(text, SET + " " + setting.key()));
            }
        });
        ServerSettings.of(place, null, Map.of(), surroundings.environment())
                .values()
                .forEach(values::putIfAbsent);
        return new ServerSettings(values);
    }

    /** A configuration has relative paths below its own folder, a command line below the current one. */
    private static String local(Offsite offsite, Setting setting, String text, Surroundings surroundings) {
        if (!setting.type().isLocalPath(text)) {
            return text;
        }
        String home = text.startsWith("~/") ? surroundings.home() + text.substring(1) : text;
        return PathArguments.local(offsite.here(), home).normalize().toString();
    }

    /** One for each root, with a name that people recognize. */
    private static String folder(Target target, String path, String job) {
        byte[] hash =
                HashingInputStream.sha256Digest().digest((target.server() + path).getBytes(StandardCharsets.UTF_8));
        return job + "-" + HexFormat.of().formatHex(hash).substring(0, DIGITS);
    }

    /** Leaves the configuration in its state, for the commands that have no such options. */
    static void keep(Configuration configuration) {
        Target target = configuration.targets().get(configuration.jobs().get(0));
        Map<String, String> lines = new TreeMap<>(configuration.written());
        if (!Files.exists(Path.of(lines.getOrDefault(Setting.SSH_CONFIG.globalKey(), "/")))) {
            lines.remove(Setting.SSH_CONFIG.globalKey());
            lines.put(Setting.KNOWN_HOSTS.globalKey(), target.knownHosts().toString());
            if (target.key() != null) {
                lines.put(Setting.KEY.globalKey(), target.key().toString());
            }
        }
        lines.put(Setting.jobKey(configuration.jobs().get(0), "templateId"), Jobs.TEMPLATE);
        StringBuilder text = new StringBuilder("# What the options of the last offsite ship --root came to.\n");
        lines.forEach((key, value) ->
                text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
        try {
            PrivateFiles.replace(configuration.file(), text.toString(), false);
        } catch (IOException e) {
            throw StateException.unwritable(configuration.file(), e);
        }
    }
}
