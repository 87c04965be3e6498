package dev.offsite.cli;

import dev.offsite.command.JobCommands;
import dev.offsite.io.Text;
import dev.offsite.ship.ShipResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code offsite ship}: ships once, for cron. */
public final class ShipCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Ships all that is ready, verifies it, prunes, and ends: for cron.";

    private static final String VERB = "ship";

    private final Offsite offsite;
    private final PositionalParamSpec jobs = JobNames.parameter();
    private final OptionSpec dryRun =
            flag("--dry-run", "Only say what would be shipped, and what is not ready and why. Needs no server.");
    private final OptionSpec json = flag("--json", "Print the result for programs; docs/json.md has the fields.");
    private final OptionSpec root = option(RootFlags.ROOT, RootFlags.ROOT_LABEL, String.class, RootFlags.ROOT_WORDS);
    private final OptionSpec source = option("--source", "DIR", String.class, "With --root: the folder to ship.");
    private final OptionSpec keep = option(
            "--keep", "N", String.class, "With --root: how many of the newest dated folders stay; 7 by default.");
    private final OptionSpec set = option(RootFlags.SET, RootFlags.SET_LABEL, List.class, RootFlags.SET_WORDS);

    private ShipCommand(Offsite offsite) {
        this.offsite = offsite;
    }

    static CommandSpec spec(Offsite offsite) {
        ShipCommand ship = new ShipCommand(offsite);
        CommandSpec spec = CommandSpec.wrapWithoutInspection(ship)
                .addPositional(ship.jobs)
                .addOption(ship.dryRun)
                .addOption(ship.json)
                .addOption(ship.source)
                .addOption(ship.root)
                .addOption(ship.keep)
                .addOption(ship.set);
        spec.usageMessage().description(DESCRIPTION);
        return spec.versionProvider(new Offsite.Version());
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build();
    }

    private static boolean isSet(OptionSpec flag) {
        return Boolean.TRUE.equals(flag.getValue());
    }

    private static OptionSpec option(String name, String label, Class<?> type, String words) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(type)
                .auxiliaryTypes(String.class)
                .description(words)
                .build();
    }

    private Configuration configuration() {
        List<String> settings = new ArrayList<>();
        for (OptionSpec option : List.of(source, keep)) {
            if (option.getValue() != null) {
                settings.add(option.longestName().substring(2) + "=" + option.getValue());
            }
        }
        List<String> more = set.getValue();
        settings.addAll(more == null ? List.of() : more);
        RootFlags flags = new RootFlags(root.getValue(), settings);
        if (!flags.given(offsite, VERB)) {
            return offsite.configuration();
        }
        if (settings.stream().noneMatch(text -> text.startsWith("source="))) {
            throw new CommandException("ship: --root says where to; say with --source DIR what to ship");
        }
        return flags.configuration(offsite, VERB);
    }

    @Override
    public Integer call() throws Exception {
        Configuration configuration = configuration();
        List<String> names = JobNames.of(jobs).in(configuration);
        if (isSet(dryRun)) {
            return ShipPreview.print(configuration, names, isSet(json));
        }
        ShipReport report = isSet(json) ? new ShipReport() : null;
        try (ShipPings pings = ShipPings.of(configuration, names);
                StateLock lock = StateLock.take(configuration.state(), VERB)) {
            if (root.getValue() != null) {
                RootFlags.keep(configuration);
            }
            pings.start();
            try (CamelApplication routes = CamelApplication.startShip(configuration)) {
                if (report != null) {
                    routes.services().runs().onShipped(report::shipped);
                }
                ShipOnce oneShot = new ShipOnce(routes, report, offsite.showsProgress());
                int exitCode = ExitCode.worst(names, job -> {
                    ShipOnce.Outcome outcome = oneShot.ship(job);
                    String summary = summary(outcome);
                    if (report == null) {
                        offsite.say(summary, outcome.exitCode() == ExitCode.OK);
                    } else {
                        report.ended(routes.services().jobs().get(job), outcome);
                    }
                    pings.ended(job, outcome.exitCode(), summary);
                    return outcome.exitCode();
                });
                if (report != null) {
                    report.print();
                }
                routes.tell();
                return exitCode;
            } catch (Exception | Error e) {
                pings.failed(e);
                throw e;
            }
        }
    }

    /** One line: what was shipped where, and what was not. */
    static String summary(ShipOnce.Outcome outcome) {
        ShipResult result = outcome.result();
        String trouble = String.join("; ", outcome.trouble());
        if (result.empty()) {
            String but = result.targetFailure() != null ? "what an earlier run left could not be put in order" : "";
            but += (but.isEmpty() || trouble.isEmpty() ? "" : "; ") + trouble;
            return result.job() + ": nothing new" + (but.isEmpty() ? "" : ", but " + but);
        }
        if (result.failures().containsKey(JobCommands.BEFORE)) {
            return String.join(
                    "; ",
                    Stream.concat(
                                    Stream.of(result.job() + ": nothing shipped: "
                                            + result.failures().get(JobCommands.BEFORE)),
                                    outcome.trouble().stream())
                            .toList());
        }
        StringBuilder line = new StringBuilder(result.job()).append(": ");
        line.append(Text.files(result.shipped())).append(" shipped and verified");
        if (result.shipped() > 0) {
            line.append(" to %s (%s in %s s)"
                    .formatted(
                            String.join(", ", result.folders()),
                            Text.size(result.bytes()),
                            Text.seconds(result.nanos())));
        }
        // The source folder is named by its absolute path, what is in it is not.
        long files =
                result.failed().stream().filter(name -> !name.startsWith("/")).count();
        if (files > 0) {
            line.append(", ").append(Text.files(files)).append(" NOT shipped");
        }
        result.failures().forEach((name, reason) -> line.append(name.startsWith("/") ? ", NOT all: " + reason : ""));
        if (!outcome.note().isEmpty()) {
            line.append("; pruning: ").append(outcome.note());
        }
        if (!trouble.isEmpty()) {
            line.append("; ").append(trouble);
        }
        return line.toString();
    }
}
