package dev.offsite.cli;

import dev.offsite.doctor.Check;
import dev.offsite.doctor.Finding;
import dev.offsite.doctor.Report;
import dev.offsite.doctor.Result;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The doctor's report of one job for people: a table, followed by what to do. */
record DoctorTable(Configuration configuration, Report report) {

    private static final Map<Result, String> COLOURS = Map.of(Result.OK, "32", Result.WARN, "33", Result.FAIL, "1;31");

    String text() {
        StringBuilder text = new StringBuilder();
        Job job = report.job();
        line(text, "%s: %s, %s".formatted(job.name(), job.target(), job.root()));
        Readers readers = Readers.of(configuration, job);
        if (readers.matter()) {
            line(text, "  " + readers.words());
        }
        int width = report.findings().stream()
                .mapToInt(finding -> name(finding).length())
                .max()
                .orElse(0);
        for (Finding finding : report.findings()) {
            // The cells contain no control characters except our colours.
            text.append("  %s  %s  %s"
                            .formatted(pad(name(finding), width), result(finding.result()), finding.detail())
                            .stripTrailing())
                    .append(System.lineSeparator());
        }
        hostKeys(text);
        advice(text);
        return text.append(System.lineSeparator()).toString();
    }

    private static String name(Finding finding) {
        boolean command =
                finding.check() == Check.HASH_COMMAND && !finding.subject().isEmpty();
        return command ? "hash by " + finding.subject() : finding.check().words();
    }

    private static String result(Result result) {
        String words = pad(result.words(), Result.UNCHECKED.words().length());
        return Table.coloured() && COLOURS.containsKey(result)
                ? "\u001b[%sm%s\u001b[0m".formatted(COLOURS.get(result), words)
                : words;
    }

    private void hostKeys(StringBuilder text) {
        if (report.hostKeys().isEmpty()) {
            return;
        }
        line(text, "");
        line(text, "The server's host keys. First compare them with what it says about itself, on its own console:");
        line(text, "  for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf \"$key\"; done");
        report.hostKeys().forEach(key -> line(text, "  " + key.fingerprint()));
        report.removal().ifPresent(command -> {
            line(text, "If they are the same, take the old ones out:");
            line(text, "  " + command);
        });
        String start = report.removal().isPresent() ? "and then" : "If they are the same,";
        line(text, "%s add to %s:".formatted(start, report.job().target().knownHosts()));
        report.hostKeys().forEach(key -> line(text, "  " + key.line()));
    }

    private void advice(StringBuilder text) {
        line(text, "");
        List<Report.Suggestion> suggestions = report.suggestions();
        if (!suggestions.isEmpty()) {
            line(text, "To write into %s:".formatted(configuration.file()));
            for (Report.Suggestion suggestion : suggestions) {
                line(text, "  # " + suggestion.reason());
                line(text, "  " + DoctorJson.line(configuration, report, suggestion));
            }
        }
        String worst = report.findings().stream()
                .filter(finding -> finding.result() == report.result())
                .map(DoctorTable::name)
                .distinct()
                .collect(Collectors.joining(", "));
        if (report.result() == Result.FAIL) {
            line(text, "To be put right: " + worst);
        } else if (report.result() == Result.WARN) {
            line(text, "To be looked at: " + worst);
        } else if (suggestions.isEmpty()) {
            line(text, "Nothing to change.");
        }
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static void line(StringBuilder text, String line) {
        text.append(Text.line(line)).append(System.lineSeparator());
    }
}
