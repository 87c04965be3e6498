package dev.offsite.prune;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.retention.Plausible.Finding;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which suspiciously small copies were reported and which were acknowledged: one text file per job in the state folder
 * ({@code db.implausible}). If it is lost, they are reported again.
 */
public final class SizeAnomalyLog {

    private static final String TOLD = "told ";
    private static final String ACKNOWLEDGED = "acknowledged ";
    private static final int MOST = 1000;

    private final Path folder;

    public SizeAnomalyLog(String state) {
        this.folder = Path.of(state);
    }

    static String words(Finding finding) {
        String copy = Text.line(RemotePath.below(finding.folder(), finding.name()));
        return finding.size() == 0
                ? "%s is empty; the median of the %d before is %s"
                        .formatted(copy, finding.like(), Text.size(finding.median()))
                : "%s has only %s; the median of the %d before is %s"
                        .formatted(copy, Text.size(finding.size()), finding.like(), Text.size(finding.median()));
    }

    /** The findings that were not acknowledged. */
    synchronized List<Finding> open(Job job, List<Finding> findings) {
        Set<String> lines = read(job);
        return findings.stream()
                .filter(finding -> !lines.contains(ACKNOWLEDGED + key(finding)))
                .toList();
    }

    synchronized void told(Job job, List<Finding> findings) {
        Set<String> lines = read(job);
        findings.forEach(finding -> lines.add(TOLD + key(finding)));
        write(job, lines);
    }

    public synchronized void acknowledge(Job job) {
        Set<String> lines = new LinkedHashSet<>();
        read(job)
                .forEach(
                        line -> lines.add(line.startsWith(TOLD) ? ACKNOWLEDGED + line.substring(TOLD.length()) : line));
        write(job, lines);
    }

    private static String key(Finding finding) {
        return finding.size() + " " + Text.line(RemotePath.below(finding.folder(), finding.name()));
    }

    private Set<String> read(Job job) {
        try {
            return new LinkedHashSet<>(Files.readAllLines(file(job)));
        } catch (NoSuchFileException e) {
            return new LinkedHashSet<>();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file(job), e);
        }
    }

    private void write(Job job, Set<String> lines) {
        List<String> newest = new ArrayList<>(lines);
        newest = newest.subList(Math.max(0, newest.size() - MOST), newest.size());
        Path file = file(job);
        try {
            Files.createDirectories(folder);
            Path temporary = folder.resolve(file.getFileName() + ".new");
            Files.write(temporary, newest);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private Path file(Job job) {
        return folder.resolve(URLEncoder.encode(job.name(), StandardCharsets.UTF_8) + ".implausible");
    }
}
