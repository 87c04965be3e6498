package dev.offsite.cli;

import dev.offsite.doctor.Finding;
import dev.offsite.doctor.Report;
import dev.offsite.job.Setting;
import java.util.Collection;
import java.util.List;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** The doctor's report for programs; docs/doctor.md lists the fields. */
public final class DoctorJson {

    private final Configuration configuration;

    DoctorJson(Configuration configuration) {
        this.configuration = configuration;
    }

    JsonObject of(Collection<Report> reports) {
        JsonArray jobs = new JsonArray();
        reports.forEach(report -> jobs.add(of(report)));
        JsonObject all = new JsonObject();
        all.put("jobs", jobs);
        return all;
    }

    private JsonObject of(Report report) {
        JsonObject job = new JsonObject();
        job.put("job", report.job().name());
        job.put("target", report.job().target().toString());
        job.put("root", report.job().root());
        job.put("result", report.result().toString());
        job.put("verification", report.verification().isEmpty() ? null : report.verification());
        JsonArray checks = new JsonArray();
        report.findings().forEach(finding -> checks.add(of(finding)));
        job.put("checks", checks);
        job.put("hostKeys", new JsonArray(report.hostKeys()));
        job.put("fingerprints", new JsonArray(report.fingerprints()));
        JsonArray lines = new JsonArray();
        report.suggestions().forEach(suggestion -> lines.add(line(configuration, report, suggestion)));
        job.put("configuration", lines);
        return job;
    }

    private static JsonObject of(Finding finding) {
        JsonObject check = new JsonObject();
        check.put("check", finding.check().toString());
        if (!finding.subject().isEmpty()) {
            check.put("subject", finding.subject());
        }
        check.put("result", finding.result().toString());
        check.put("detail", finding.detail());
        return check;
    }

    /** The suggested configuration line: for all jobs if they share one server, else for this job. */
    static String line(Configuration configuration, Report report, Report.Suggestion suggestion) {
        Setting setting = suggestion.setting();
        String job = report.job().name();
        long servers = configuration.jobs().stream()
                .map(name -> List.of(
                        configuration.resolved(name, Setting.HOST),
                        configuration.resolved(name, Setting.PORT),
                        configuration.resolved(name, Setting.USER)))
                .distinct()
                .count();
        boolean jobsOwn = configuration.written().containsKey(setting.jobKey(job));
        return (servers == 1 && !jobsOwn ? setting.globalKey() : setting.jobKey(job)) + "=" + suggestion.value();
    }
}
