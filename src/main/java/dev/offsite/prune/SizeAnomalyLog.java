package dev.offsite.prune;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.retention.Plausible.Finding;
import dev.offsite.sftp.RemotePath;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which suspiciously small copies were reported and which were acknowledged: one text file per job in the state folder
 * ({@code db.implausible}). If it is lost, they are reported again.
 */
public record SizeAnomalyLog(StateStore state) {

    private static final String TOLD = "told ";
    private static final String ACKNOWLEDGED = "acknowledged ";
    private static final int MOST = 1000;

    static String words(Finding finding) {
        String copy = Text.line(RemotePath.below(finding.folder(), finding.name()));
        String size = finding.size() == 0 ? "is empty" : "has only " + Text.size(finding.size());
        return "%s %s; the median of the %d before is %s"
                .formatted(copy, size, finding.like(), Text.size(finding.median()));
    }

    /** The findings that were not acknowledged. */
    List<Finding> open(Job job, List<Finding> findings) {
        Set<String> lines = read(job);
        return findings.stream()
                .filter(finding -> !lines.contains(ACKNOWLEDGED + key(finding)))
                .toList();
    }

    void told(Job job, List<Finding> findings) {
        update(job, lines -> findings.forEach(finding -> lines.add(TOLD + key(finding))));
    }

    public void acknowledge(Job job) {
        update(job, lines -> {
            List<String> before = List.copyOf(lines);
            lines.clear();
            before.forEach(line -> lines.add(line.replaceFirst("^" + TOLD, ACKNOWLEDGED)));
        });
    }

    private static String key(Finding finding) {
        return finding.size() + " " + Text.line(RemotePath.below(finding.folder(), finding.name()));
    }

    private Set<String> read(Job job) {
        return new LinkedHashSet<>(file(job).read().orElse(List.of()));
    }

    private void update(Job job, Consumer<Set<String>> change) {
        file(job).update(before -> {
            Set<String> lines = new LinkedHashSet<>(before);
            change.accept(lines);
            return lines.stream().skip(Math.max(0, lines.size() - MOST)).toList();
        });
    }

    private StateFile file(Job job) {
        return StateFile.of(state, job.name(), "implausible");
    }
}
