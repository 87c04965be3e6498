package dev.offsite.cli;

import dev.offsite.age.AgeRecipients;
import dev.offsite.age.Encryption;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
     * @param jobs have the target, the first of them is to be used; that of a server that no job has ships nothing
     */
    record Chosen(Configuration configuration, Function<Jobs, List<Job>> jobs) {}

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
        Target direct = new DirectTarget(verb, offsite.here(), surroundings).of(settings);
        List<Job> job = List.of(Job.ofTransfer(direct, encryption(configuration)));
        return new Chosen(configuration, jobs -> job);
    }

    private Chosen ofJobs(Configuration configuration, String verb) {
        if (port != null) {
            throw new CommandException(
                    "%s: --port is for a server in the path, and the configuration has the port of its own"
                            .formatted(verb));
        }
        return new Chosen(configuration, jobs -> jobs(configuration, jobs));
    }

    /** That of all jobs, also for a server that no job has: whoever set it does not expect plain files anywhere. */
    private static Optional<Encryption> encryption(Configuration configuration) {
        Setting setting = Setting.ENCRYPT_TO;
        try {
            return Optional.ofNullable(shared(configuration).get(setting))
                    .map(to -> new Encryption(AgeRecipients.read(to), false));
        } catch (IllegalArgumentException e) {
            throw new CommandException("%s: %s".formatted(setting.globalKey(), e.getMessage()));
        }
    }

    private List<Job> jobs(Configuration configuration, Jobs jobs) {
        if (name == null) {
            return common(configuration, jobs.all());
        }
        JobNames.check(configuration, List.of(name));
        return List.of(jobs.get(name));
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

    /** A job that sets nothing of its own for its target; else all, if they have the same target. */
    private static List<Job> common(Configuration configuration, List<Job> jobs) {
        return jobs.stream()
                .filter(job -> saysNothing(configuration, job.name()))
                .findFirst()
                .map(List::of)
                .or(() -> Optional.of(jobs)
                        .filter(all -> !all.isEmpty()
                                && all.stream().allMatch(job -> job.target()
                                        .equals(all.get(0).target()))))
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
