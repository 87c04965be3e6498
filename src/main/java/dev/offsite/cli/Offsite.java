package dev.offsite.cli;

import ch.qos.logback.classic.Level;
import dev.offsite.cluster.ClusterException;
import dev.offsite.job.Setting;
import dev.offsite.openssh.Surroundings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.Set;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/**
 * The command {@code offsite}. It and {@code ship} are described without annotations, for which Java would generate
 * classes at each start; the other commands use annotations.
 */
public final class Offsite implements Runnable {

    private static final String CONFIG = "--config";
    private static final String DEBUG = "--debug";
    private static final String QUIET = "--quiet";
    private static final String VERBOSE = "--verbose";
    private static final String NO_PROGRESS = "--no-progress";

    /** In the order of the help. */
    private static final Map<String, Class<?>> VERBS = verbs();

    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this)
            .name("offsite")
            .versionProvider(new Version())
            .addOption(option("-c", CONFIG)
                    .type(Path.class)
                    .paramLabel("FILE")
                    .description("The configuration; by default application.properties here, else in ~/.config/offsite,"
                            + " in /etc/offsite, or in the distribution.")
                    .build())
            .addOption(option("-q", QUIET)
                    .description("Print only what was asked for, and problems.")
                    .build())
            .addOption(option("-v", VERBOSE)
                    .description("Log more of what Offsite does.")
                    .build())
            .addOption(option(NO_PROGRESS)
                    .description("Show no progress on a terminal.")
                    .build())
            .addOption(option(DEBUG)
                    .description("Log what the libraries do, and stack traces.")
                    .build())
            .addOption(option("-h", "--help")
                    .usageHelp(true)
                    .description("Show this help message and exit.")
                    .build())
            .addOption(option("-V", "--version")
                    .versionHelp(true)
                    .description("Print version information and exit.")
                    .build());

    private final Path here;
    /** Whether a command was found, and the log begun. */
    private boolean started;

    Offsite() {
        this(Path.of(""));
    }

    private Offsite(Path here) {
        this.here = here;
        spec.usageMessage()
                .description("Carries finished backups to another machine and verifies that they arrived.")
                .synopsisSubcommandLabel("VERB")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes());
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "all that should be off-site is verified to be");
        codes.put("1", "something was not shipped, verified, restored or pruned, or is damaged");
        codes.put("2", "usage or configuration");
        codes.put("3", "the target cannot be reached or refuses us");
        codes.put("4", "another run is active");
        return codes;
    }

    /** An option that every verb has too. */
    private static OptionSpec.Builder option(String name, String... others) {
        return OptionSpec.builder(name, others).type(boolean.class).scopeType(ScopeType.INHERIT);
    }

    private static Map<String, Class<?>> verbs() {
        Map<String, Class<?>> verbs = new LinkedHashMap<>();
        verbs.put("demo", DemoCommand.class);
        verbs.put("init", InitCommand.class);
        verbs.put("ship", ShipCommand.class);
        verbs.put("serve", ServeCommand.class);
        verbs.put("prune", PruneCommand.class);
        verbs.put("doctor", DoctorCommand.class);
        verbs.put("list", ListCommand.class);
        verbs.put("diff", DiffCommand.class);
        verbs.put("verify", VerifyCommand.class);
        verbs.put("restore", RestoreCommand.class);
        verbs.put("drill", DrillCommand.class);
        verbs.put("get", GetCommand.class);
        verbs.put("put", PutCommand.class);
        verbs.put("scrub", ScrubCommand.class);
        verbs.put("adopt", AdoptCommand.class);
        verbs.put("migrate", MigrateCommand.class);
        verbs.put("keygen", KeygenCommand.class);
        verbs.put("accept-recipients", AcceptRecipientsCommand.class);
        verbs.put("status", StatusCommand.class);
        verbs.put("history", HistoryCommand.class);
        verbs.put("report", ReportCommand.class);
        verbs.put("config", ConfigCommand.class);
        verbs.put("help", HelpCommand.class);
        verbs.put(CompleteCommand.NAME, CompleteCommand.class);
        verbs.put("--warm-up", WarmUpCommand.class);
        verbs.put(WarmUpServerCommand.NAME, WarmUpServerCommand.class);
        return verbs;
    }

    public static void main(String[] args) {
        // The last resort: Java would print a stack trace, and others might wait for that thread.
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            Failures.say("%s: %s".formatted(thread.getName(), Failures.line(e)));
            if (!Arrays.asList(args).contains("serve")) {
                Runtime.getRuntime().halt(ExitCode.FAILED);
            }
        });
        System.exit(run(Path.of(""), args));
    }

    /** With all verbs and all their options. */
    static CommandLine line(Offsite offsite) {
        CommandLine line = new CommandLine(offsite.spec);
        VERBS.forEach((name, verb) -> add(line, offsite, name, verb));
        return line;
    }

    /**
     * With the options of the verbs among the arguments only: reading those of all takes half as long as Java's own start. If
     * there are none, it has all verbs, without their options.
     */
    static CommandLine lineFor(Offsite offsite, String... args) {
        CommandLine line = new CommandLine(offsite.spec);
        Map<String, Class<?>> named = new LinkedHashMap<>(VERBS);
        named.keySet().retainAll(Arrays.asList(args));
        named.forEach((name, verb) -> add(line, offsite, name, verb));
        if (named.isEmpty()) {
            VERBS.forEach((name, verb) -> line.addSubcommand(name, described(verb)));
        }
        return line;
    }

    private static void add(CommandLine line, Offsite offsite, String name, Class<?> verb) {
        line.addSubcommand(name, verb == ShipCommand.class ? ShipCommand.spec(offsite) : verb);
    }

    private static CommandSpec described(Class<?> verb) {
        CommandLine.Command command = verb.getAnnotation(CommandLine.Command.class);
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .description(command == null ? new String[] {ShipCommand.DESCRIPTION} : command.description())
                .hidden(command != null && command.hidden());
        return spec;
    }

    private boolean debug() {
        return isSet(DEBUG);
    }

    private boolean isSet(String flag) {
        return Boolean.TRUE.equals(spec.findOption(flag).getValue());
    }

    private Level level() {
        if (isSet(QUIET) && (isSet(VERBOSE) || debug())) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "%s excludes %s and %s".formatted(QUIET, VERBOSE, DEBUG));
        }
        return debug() || isSet(VERBOSE) ? Level.DEBUG : isSet(QUIET) ? Level.WARN : Level.INFO;
    }

    boolean showsProgress() {
        return !isSet(NO_PROGRESS) && !isSet(QUIET);
    }

    /** Prints what came of something that was done, unless only problems are wanted, and this is none. */
    void say(String text, boolean well) {
        if (!isSet(QUIET)) {
            System.out.println(text);
        } else if (!well) {
            System.err.println(text);
        }
    }

    /** @param here the working directory */
    static int run(Path here, String... args) {
        Offsite offsite = new Offsite(here);
        CommandLine line = lineFor(offsite, args)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false);
        line.setExecutionStrategy(parsed -> {
            Logs.start(offsite.debug(), offsite.level());
            offsite.started = true;
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setParameterExceptionHandler(new UsageMistakes());
        line.setExecutionExceptionHandler((e, command, parsed) -> offsite.failed(e));
        int exitCode;
        try {
            exitCode = line.execute(args);
        } catch (Error e) {
            exitCode = offsite.failed(e);
        }
        if (offsite.started && offsite.debug()) {
            LoggerFactory.getLogger("offsite").debug(MemoryReport.line());
        }
        return exitCode;
    }

    private int failed(Throwable e) {
        if (debug()) {
            e.printStackTrace();
        }
        if (e instanceof CommandException known) {
            known.getMessage().lines().forEach(Failures::say);
            return known.exitCode();
        }
        ClusterException ofCluster = ObjectHelper.getException(ClusterException.class, e);
        if (ofCluster != null) {
            Failures.say(ofCluster.getMessage());
            return ExitCode.CONFIGURATION;
        }
        if (e instanceof LinkageError || e instanceof ServiceConfigurationError) {
            Failures.say(
                    ("a library is missing, damaged or of another version (%s): install the whole distribution again;"
                                            + " lib/ext must have all that your own jars need")
                                    .formatted(Failures.line(e))
                            + more());
            return ExitCode.FAILED;
        }
        Failures.say(Failures.line(e) + more());
        return ExitCode.FAILED;
    }

    private String more() {
        return debug() ? "" : " (--debug shows more)";
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do: name a verb");
    }

    Configuration configuration() {
        return Configuration.load(configFile());
    }

    /** Fails with {@link CommandException} with a line for each problem, except for the values of the lenient settings */
    Configuration configuration(Set<Setting> lenient) {
        return Configuration.load(configFile(), lenient);
    }

    /** For a command that needs no job: the configuration may have none, and there may be none. */
    Configuration anyConfiguration(Surroundings surroundings) {
        return configFiles()
                .any(surroundings)
                .map(read -> read.jobs().isEmpty() ? JoblessConfiguration.of(read, surroundings) : read)
                .orElseGet(() -> JoblessConfiguration.none(surroundings));
    }

    Path configFile() {
        ConfigFiles files = configFiles();
        return files.found()
                .orElseThrow(() -> new CommandException(
                        "there is no application.properties %s: write one with offsite init, or name the configuration with -c FILE"
                                .formatted(files.places())));
    }

    private ConfigFiles configFiles() {
        return ConfigFiles.of(here, spec.findOption(CONFIG).getValue());
    }

    /** The option -c. */
    Optional<Path> namedConfigFile() {
        return Optional.ofNullable(spec.findOption(CONFIG).<Path>getValue()).map(here::resolve);
    }

    /** The base of relative paths on the command line. */
    Path here() {
        return here;
    }

    /** As in the jar's manifest. */
    static String version() {
        String version = Offsite.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"offsite " + version()};
        }
    }
}
