package dev.offsite.cli;

import dev.offsite.doctor.Finding;
import dev.offsite.doctor.Report;
import dev.offsite.job.Setting;
import dev.offsite.sftp.login.HostKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;

/** The doctor's report for programs; docs/doctor.md lists the fields. */
record DoctorJson(Configuration configuration) {

    JsonObject of(Collection<Report> reports) {
        return new JsonObject(Map.of("jobs", reports.stream().map(this::of).toList()));
    }

    private JsonObject of(Report report) {
        JsonObject job = Listing.json(report.job());
        job.putAll(Readers.of(configuration, report.job()).json());
        job.put("result", report.result().toString());
        job.put("verification", report.verification().isEmpty() ? null : report.verification());
        job.put("checks", report.findings().stream().map(DoctorJson::of).toList());
        List<HostKeys.Key> keys = report.hostKeys();
        job.put("hostKeys", keys.stream().map(HostKeys.Key::line).toList());
        job.put("fingerprints", keys.stream().map(HostKeys.Key::fingerprint).toList());
        List<String> lines = new ArrayList<>();
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
                .map(name -> configuration.targets().get(name))
                .map(target -> List.of(target.server(), target.user()))
                .distinct()
                .count();
        boolean jobsOwn = configuration.written().containsKey(setting.jobKey(job));
        return (servers == 1 && !jobsOwn ? setting.globalKey() : setting.jobKey(job)) + "=" + suggestion.value();
    }
}
