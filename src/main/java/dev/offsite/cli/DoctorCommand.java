package dev.offsite.cli;

import dev.offsite.doctor.Cancellation;
import dev.offsite.doctor.Check;
import dev.offsite.doctor.Doctor;
import dev.offsite.doctor.Report;
import dev.offsite.io.Clocks;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.source.SourceCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code offsite doctor}: checks what the targets can do and what is wrong with them. */
@Command(
        description =
                "Says what each job's target can do and what is wrong with it, before the first backup; leaves nothing behind.")
public final class DoctorCommand extends VerbCommand {

    /** Reporting these as missing is the doctor's job. */
    private static final Set<Setting> MAY_BE_MISSING = Set.of(Setting.KEY, Setting.KNOWN_HOSTS);

    @Mixin
    private JobNames jobs;

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration(MAY_BE_MISSING);
        List<String> names = jobs.in(configuration);
        try {
            List<Report> reports = examine(configuration, names, !json);
            if (json) {
                JsonOutput.print("doctor", new DoctorJson(configuration).of(reports));
            }
            return exitCode(reports);
        } catch (CancellationException e) {
            Failures.say("doctor was interrupted, and has cleaned up");
            return ExitCode.FAILED;
        }
    }

    /**
     * Examines these jobs.
     *
     * @param table whether to print what was found
     * @throws CancellationException if the process is told to end; everything is cleaned up then
     */
    static List<Report> examine(Configuration configuration, List<String> names, boolean table) {
        Cancellation stop = new Cancellation();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop), "offsite-doctor-stop"));
        try {
            return examine(configuration, names, table, stop);
        } finally {
            stop.ended();
        }
    }

    /** That of all reports. */
    static int exitCode(List<Report> reports) {
        return reports.stream().mapToInt(DoctorCommand::exitCode).reduce(ExitCode.OK, ExitCode::worst);
    }

    /** Builds the routes but does not start them, so that no ledger is opened and the service may run. */
    private static List<Report> examine(
            Configuration configuration, List<String> names, boolean table, Cancellation stop) {
        List<Report> reports = new ArrayList<>();
        try (CamelApplication routes = CamelApplication.look(configuration);
                Doctor doctor = new Doctor(
                        routes.services().connections(),
                        routes.services().owners(),
                        Clocks.of(routes.context()),
                        stop)) {
            for (String name : names) {
                Job job = routes.services().jobs().get(name);
                Map<Setting, String> missing = missing(configuration, name);
                Readers.of(configuration, job).fault().ifPresent(fault -> missing.put(Setting.ENCRYPT_TO, fault));
                Report report = doctor.examine(job, missing);
                reports.add(report);
                if (table) {
                    System.out.print(new DoctorTable(configuration, report).text());
                }
            }
        }
        return reports;
    }

    private static Map<Setting, String> missing(Configuration configuration, String job) {
        Map<Setting, String> missing = new EnumMap<>(Setting.class);
        for (Setting setting : MAY_BE_MISSING) {
            Target target = configuration.targets().get(job);
            Path file = setting == Setting.KEY ? target.key() : target.knownHosts();
            if (file != null) {
                SettingValidator.problem(setting, file.toString()).ifPresent(problem -> missing.put(setting, problem));
            }
        }
        SourceCheck.unreadable(Path.of(configuration.resolved(job, Setting.SOURCE)))
                .ifPresent(problem -> missing.put(Setting.SOURCE, problem));
        return missing;
    }

    private static int exitCode(Report report) {
        if (report.failed(Check.Side.ACCESS)) {
            return ExitCode.TARGET;
        }
        if (report.failed(Check.Side.CONFIGURATION)) {
            return ExitCode.CONFIGURATION;
        }
        return report.failed(Check.Side.RIGHTS) ? ExitCode.FAILED : ExitCode.OK;
    }

    private static void stop(Cancellation stop) {
        if (!stop.stop()) {
            Failures.say("doctor could not clean up in time; one that runs an hour from now does");
        }
    }
}
