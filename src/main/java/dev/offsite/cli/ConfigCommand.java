package dev.offsite.cli;

import dev.offsite.io.Clocks;
import dev.offsite.job.Setting;
import dev.offsite.source.SourceCheck;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code offsite config}: shows the effective configuration. */
@Command(description = "Prints the effective configuration, secrets masked; fails on what is wrong with it.")
public final class ConfigCommand extends VerbCommand {

    @Option(names = "--json", description = "Print it for programs; docs/json.md has the fields.")
    private boolean json;

    /** Only this job cannot ship, and only until the folder is there. */
    private static Optional<String> missing(Configuration configuration, String job) {
        return SourceCheck.unreadable(Path.of(configuration.resolved(job, Setting.SOURCE)))
                .map(text -> "%s: %s".formatted(Setting.SOURCE.jobKey(job), text));
    }

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        Instant now;
        List<String> unusable;
        List<Readers> readers;
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            now = Clocks.of(routes.context()).instant();
            unusable = NotifyValidator.unusable(
                    configuration, routes.services().notifications().problems());
            readers = configuration.jobs().stream()
                    .map(job ->
                            Readers.of(configuration, routes.services().jobs().get(job)))
                    .toList();
        }
        List<String> missing = configuration.jobs().stream()
                .flatMap(job -> missing(configuration, job).stream())
                .toList();
        List<String> problems = new ArrayList<>(unusable);
        problems.addAll(missing);
        readers.forEach(who -> who.fault()
                .ifPresent(fault -> problems.add(
                        "%s: %s".formatted(Setting.ENCRYPT_TO.jobKey(who.job().name()), fault))));
        EffectiveConfiguration effective = new EffectiveConfiguration(configuration, now);
        if (json) {
            JsonObject fields = new JsonObject();
            fields.put("file", configuration.file().toString());
            fields.put("jobs", configuration.jobs());
            fields.put("settings", effective.json());
            fields.put("readers", readers.stream().map(Readers::json).toList());
            fields.put("problems", problems);
            JsonOutput.print("config", fields);
        } else {
            System.out.println("# " + configuration.file());
            System.out.print(effective.text());
            readers.stream()
                    .filter(Readers::matter)
                    .forEach(who -> System.out.printf("%n# %s: %s%n", who.job().name(), who.words()));
        }
        problems.forEach(problem -> Failures.say("%s: %s".formatted(configuration.file(), problem)));
        return unusable.isEmpty() ? ExitCode.of(false, problems.isEmpty()) : ExitCode.CONFIGURATION;
    }
}
