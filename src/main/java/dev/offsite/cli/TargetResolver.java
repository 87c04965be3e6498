package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Chooses the target for a command that is not about a job: that of a job, or a server that no job has. */
public final class TargetResolver {

    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            description = "The job whose target it is; by default the one that the configuration has for all jobs.")
    private String name;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port of a server that is named here or by SSH_HOST; default: SSH_PORT, else 22.")
    private Integer port;

    /**
     * What a command runs with.
     *
     * @param job has the target; that of a server that no job has ships nothing
     */
    record Chosen(Configuration configuration, Function<Jobs, Job> job) {}

    /**
     * Fails with {@link CommandException} if the job does not exist, the target is ambiguous, or something of the server is
     * missing.
     *
     * @param verb for messages
     */
    Chosen choose(Offsite offsite, String verb, RemotePlace place) {
        if (port != null && place.port() != 0 && port != place.port()) {
            throw new CommandException("%s: --port %d, or port %d of the path?".formatted(verb, port, place.port()));
        }
        if (name != null) {
            if (place.host() != null) {
                throw new CommandException(
                        "%s: --job %s, or the server %s? name only one of them".formatted(verb, name, place.host()));
            }
            return ofJobs(offsite.configuration(), verb);
        }
        Surroundings surroundings = Surroundings.ofThisProcess();
        Configuration configuration = offsite.anyConfiguration(surroundings);
        if (place.host() == null && !configuration.jobs().isEmpty()) {
            return ofJobs(configuration, verb);
        }
        List<String> same = configuration.jobs().stream()
                .filter(job -> isSame(place, configuration.targets().get(job)))
                .toList();
        if (!same.isEmpty()) {
            return new Chosen(
                    configuration,
                    jobs -> common(configuration, same.stream().map(jobs::get).toList()));
        }
        ServerSettings settings = ServerSettings.of(place, port, shared(configuration), surroundings.environment());
        Job job = Job.ofTransfer(new DirectTarget(verb, offsite.here(), surroundings).of(settings));
        return new Chosen(configuration, jobs -> job);
    }

    private Chosen ofJobs(Configuration configuration, String verb) {
        if (port != null) {
            throw new CommandException(
                    "%s: --port is for a server in the path, and the configuration has the port of its own"
                            .formatted(verb));
        }
        return new Chosen(configuration, jobs -> job(configuration, jobs));
    }

    private Job job(Configuration configuration, Jobs jobs) {
        if (name == null) {
            return common(configuration, jobs.all());
        }
        JobNames.check(configuration, List.of(name));
        return jobs.get(name);
    }

    private boolean isSame(RemotePlace place, Target target) {
        int wanted = place.port() == 0 && port != null ? port : place.port();
        return target != null
                && (place.host().equalsIgnoreCase(target.host())
                        || place.host().equalsIgnoreCase(target.way().alias()))
                && (place.user() == null || place.user().equals(target.user()))
                && (wanted == 0 || wanted == target.port());
    }

    /** What the configuration has for all jobs. */
    private static Map<Setting, String> shared(Configuration configuration) {
        Map<Setting, String> shared = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.ofAll()) {
            String value = configuration.values().getOrDefault(setting.globalKey(), "");
            if (configuration.written().containsKey(setting.globalKey()) && !value.isEmpty()) {
                shared.put(setting, value);
            }
        }
        return shared;
    }

    /** The target of the jobs that set nothing of their own for it; else the only target. */
    private static Job common(Configuration configuration, List<Job> jobs) {
        return jobs.stream()
                .filter(job -> saysNothing(configuration, job.name()))
                .findFirst()
                .or(() -> jobs.stream().findFirst().filter(first -> jobs.stream()
                        .allMatch(job -> job.target().equals(first.target()))))
                .orElseThrow(() -> new CommandException(jobs.stream()
                        .map(job -> job.name() + " (" + job.target() + ")")
                        .collect(Collectors.joining(
                                ", ", "which target? The jobs have several; name one with --job: ", ""))));
    }

    private static boolean saysNothing(Configuration configuration, String job) {
        return Setting.ofJob().stream()
                .filter(setting -> setting.scope() == Setting.Scope.TARGET)
                .noneMatch(setting -> configuration.written().containsKey(setting.jobKey(job)));
    }
}
