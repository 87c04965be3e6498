package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.scrub.ScrubResult;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.verify.Debts.Debt;
import dev.offsite.verify.KnownTrouble;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code offsite scrub}: verifies the copies again. */
@Command(
        description = "Hashes the copies on the server again, those first that were not verified for the longest time,"
                + " and names what is changed, missing or too much. What is still here unchanged is shipped again.")
public final class ScrubCommand extends VerbCommand {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    @Mixin
    private JobNames jobs;

    @Mixin
    private RootFlags root;

    @Option(names = "--all", description = "All copies, whatever offsite.scrub.budget says.")
    private boolean all;

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Option(
            names = "--forget",
            description =
                    "Give up copies that are missing or damaged and cannot be shipped again: JOB for all of them, or"
                            + " JOB DATE or JOB DATE/NAME for some. Scrubs nothing.")
    private boolean forget;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Configuration configuration =
                root.given(offsite, "scrub") ? root.configuration(offsite, "scrub") : offsite.configuration();
        if (forget) {
            return forget(configuration);
        }
        List<String> names = jobs.in(configuration);
        try (StateLock lock = StateLock.take(configuration.state(), "scrub");
                CamelApplication routes = CamelApplication.start(configuration, false)) {
            List<JsonObject> results = new ArrayList<>();
            int exitCode = ExitCode.worst(names, job -> {
                ScrubResult result;
                try (Progress progress = Progress.of(offsite.showsProgress(), job, Progress.UNKNOWN)) {
                    result = routes.services().scrubber().run(job, all, progress);
                }
                KnownTrouble known = routes.services().trouble();
                Job scrubbed = routes.services().jobs().get(job);
                results.add(json(result, known.debts().of(scrubbed)));
                if (!json) {
                    lines(result).forEach(line -> offsite.say(line, result.clean()));
                }
                List<String> trouble = known.of(scrubbed);
                trouble.forEach(one -> Failures.say(job + ": " + one));
                return ExitCode.of(
                        result.problem() != null && result.problem().target(), result.clean() && trouble.isEmpty());
            });
            if (json) {
                JsonOutput.printJobs("scrub", results);
            }
            routes.tell();
            return exitCode;
        }
    }

    /** Takes no lock, so the service may run. */
    private int forget(Configuration configuration) {
        List<String> given = jobs.given();
        if (given.isEmpty() || all) {
            throw new ParameterException(spec.commandLine(), "--forget: name the job; it excludes --all");
        }
        JobNames.check(configuration, given.subList(0, 1));
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            Job job = routes.services().jobs().get(given.get(0));
            Set<String> left = new LinkedHashSet<>(given.subList(1, given.size()));
            Set<String> named = Set.copyOf(left);
            List<Debt> gone = routes.services()
                    .trouble()
                    .debts()
                    .giveUp(
                            job,
                            debt -> {
                                boolean folder = named.contains(debt.folder());
                                boolean copy = named.contains(debt.path());
                                left.removeAll(List.of(debt.folder(), debt.path()));
                                return folder || copy || named.isEmpty();
                            },
                            routes.services().clock().instant());
            for (Debt debt : gone) {
                LOG.warn(
                        "{}: given up: {} (SHA-256 {})",
                        job.name(),
                        debt,
                        debt.copy().sha256());
                if (!json) {
                    System.out.printf(
                            "%s  given up  %s (SHA-256 %s)%n",
                            job.name(), debt, debt.copy().sha256());
                }
            }
            left.forEach(name -> Failures.say(
                    "%s: nothing of %s is known to be missing or damaged".formatted(job.name(), Text.line(name))));
            if (json) {
                JsonObject object = new JsonObject();
                object.put("job", job.name());
                object.put("forgotten", gone.stream().map(ScrubCommand::json).toList());
                JsonOutput.print("scrub", object);
            } else if (gone.isEmpty() && left.isEmpty()) {
                System.out.println(job.name() + ": no copy is known to be missing or damaged");
            }
            return left.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** A line for each finding, then a summary. */
    static List<String> lines(ScrubResult result) {
        List<String> lines = new ArrayList<>();
        for (Finding finding : result.findings()) {
            lines.add("%s  %-9s  %s: %s%s"
                    .formatted(
                            result.job(),
                            finding.kind().word(),
                            Text.line(finding.path()),
                            finding.reason(),
                            finding.healed() ? "; " + healed(finding) : ""));
        }
        lines.add(summary(result));
        return lines;
    }

    private static String summary(ScrubResult result) {
        String copies = result.checked() == 1 ? "1 copy" : result.checked() + " copies";
        String how = " (%s in %s s)".formatted(Text.size(result.bytes()), Text.seconds(result.nanos()));
        String wrong = Stream.of(Kind.values())
                .filter(kind -> result.count(kind) > 0)
                .map(kind -> result.count(kind) + " " + kind.word())
                .collect(Collectors.joining(", "));
        StringBuilder line = new StringBuilder(result.job()).append(": ");
        if (wrong.isEmpty()) {
            line.append(copies).append(" hashed again").append(how);
            line.append(result.clean() && result.checked() > 0 ? ", all unchanged" : "");
        } else {
            line.append(wrong).append(" of ").append(copies).append(how);
        }
        Map<String, Long> healed = result.findings().stream()
                .filter(Finding::healed)
                .collect(Collectors.groupingBy(ScrubCommand::healed, TreeMap::new, Collectors.counting()));
        healed.forEach((deed, count) -> line.append(", %d %s".formatted(count, deed)));
        if (result.sizeOnly() > 0) {
            line.append("; %d not hashed, for verify=size compares no more than sizes".formatted(result.sizeOnly()));
        }
        if (result.left() > 0) {
            line.append("; %d more wait for the next scrub (%s)"
                    .formatted(result.left(), Setting.SCRUB_BUDGET.globalKey()));
        }
        if (result.problem() != null) {
            line.append("; NOT finished: ").append(result.problem().message());
        }
        return line.toString();
    }

    private static String healed(Finding finding) {
        return switch (finding.kind()) {
            case UNLISTED -> "verified and listed again";
            case REWRITTEN -> "put right";
            default -> "shipped again and verified";
        };
    }

    private static JsonObject json(ScrubResult result, List<Debt> debts) {
        JsonObject object = json(result);
        object.put("debts", debts.stream().map(ScrubCommand::json).toList());
        return object;
    }

    /** Without the debts. */
    static JsonObject json(ScrubResult result) {
        JsonObject object = new JsonObject();
        object.put("job", result.job());
        object.put("checked", result.checked());
        object.put("bytes", result.bytes());
        object.put("milliseconds", result.nanos() / 1_000_000);
        object.put("left", result.left());
        object.put("sizeOnly", result.sizeOnly());
        object.put(
                "findings", result.findings().stream().map(ScrubCommand::json).toList());
        object.put("problem", result.problem() == null ? null : result.problem().message());
        return object;
    }

    private static JsonObject json(Debt debt) {
        JsonObject object = new JsonObject();
        object.put("folder", debt.folder());
        object.put("name", debt.copy().name());
        object.put("sha256", debt.copy().sha256());
        object.put("state", debt.copy().loss().word());
        object.put("since", debt.copy().at().toString());
        return object;
    }

    private static JsonObject json(Finding finding) {
        JsonObject object = new JsonObject();
        object.put("state", finding.kind().word());
        object.put("folder", finding.folder());
        object.put("name", finding.name());
        object.put("reason", finding.reason());
        object.put("healed", finding.healed());
        return object;
    }
}
