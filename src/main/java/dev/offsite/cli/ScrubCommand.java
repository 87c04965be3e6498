package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Setting;
import dev.offsite.scrub.ScrubResult;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code offsite scrub}: verifies the copies again. */
@Command(
        description = "Hashes the copies on the server again, those first that were not verified for the longest time,"
                + " and names what is changed, missing or too much. What is still here unchanged is shipped again.")
public final class ScrubCommand extends VerbCommand {

    @Mixin
    private JobNames jobs;

    @Option(names = "--all", description = "All copies, whatever offsite.scrub.budget says.")
    private boolean all;

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = offsite.configuration();
        List<String> names = jobs.in(configuration);
        try (StateLock lock = StateLock.take(configuration.state(), "scrub");
                CamelApplication routes = CamelApplication.start(configuration, false)) {
            JsonArray results = new JsonArray();
            int exitCode = ExitCode.worst(names, job -> {
                ScrubResult result = routes.services().scrubber().run(job, all);
                results.add(json(result));
                if (!json) {
                    lines(result).forEach(System.out::println);
                }
                return ExitCode.of(result.problem() != null && result.problem().target(), result.clean());
            });
            if (json) {
                System.out.println(results.toJson());
            }
            return exitCode;
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
        long listed = result.findings().stream()
                .filter(finding -> finding.healed() && finding.kind() == Kind.UNLISTED)
                .count();
        if (listed > 0) {
            line.append(", ").append(listed).append(" verified and listed again");
        }
        if (result.healed() > listed) {
            line.append(", ").append(result.healed() - listed).append(" shipped again and verified");
        }
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
        return finding.kind() == Kind.UNLISTED ? "verified and listed again" : "shipped again and verified";
    }

    private static JsonObject json(ScrubResult result) {
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
