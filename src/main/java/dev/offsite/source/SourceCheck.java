package dev.offsite.source;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.component.file.FileEndpoint;

/**
 * Notices what would make a job ship nothing in silence: a source folder that is not there, and settings that have never
 * selected a file although there are some. What has selected files, by its text, and whether the source is a mount point
 * is kept in the state folder ({@code db.source} for job db).
 *
 * @param state where that is kept
 */
public record SourceCheck(StateStore state) {

    private static final String MOUNTED = "mounted";

    /** Why the job's source folder cannot be read, or is not the one that it was, or empty. */
    public Optional<String> folder(Job job) {
        Path source = job.source();
        return unreadable(source)
                .or(() -> problem(
                        isUnmounted(job),
                        "the source folder %s is empty and no longer a mount point; is it mounted?",
                        source));
    }

    /** Why a source folder cannot be read, or empty. */
    public static Optional<String> unreadable(Path source) {
        return problem(!Files.exists(source), "the source folder %s is missing", source)
                .or(() -> problem(!Files.isDirectory(source), "the source %s is no folder", source))
                .or(() -> problem(
                        !Files.isReadable(source) || !Files.isExecutable(source),
                        "the source folder %s may not be read",
                        source));
    }

    private static Optional<String> problem(boolean is, String words, Path source) {
        return is ? Optional.of(words.formatted(Text.line(source.toString()))) : Optional.empty();
    }

    private boolean isUnmounted(Job job) {
        Set<String> known = known(job);
        boolean was = known.contains(MOUNTED);
        try {
            boolean is = isMountPoint(job.source());
            if (was && !is && isEmpty(job.source())) {
                return true;
            }
            if (was != is && (is ? known.add(MOUNTED) : known.remove(MOUNTED))) {
                file(job).write(known);
            }
            return false;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // Where a file system has no device numbers, nothing is known about mounts.
            return false;
        }
    }

    private static boolean isMountPoint(Path folder) throws IOException {
        Path parent = folder.toRealPath().getParent();
        return parent != null && !Files.getAttribute(folder, "unix:dev").equals(Files.getAttribute(parent, "unix:dev"));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    /**
     * Why the job's settings select no file, or empty.
     *
     * @param scan of its source folder
     * @param shipped whether a file was shipped before whose name below the source is accepted
     */
    public Optional<String> selection(
            Job job, FileEndpoint consumer, SourceScan scan, Predicate<Predicate<Path>> shipped) {
        String include = Objects.requireNonNullElse(consumer.getAntInclude(), "");
        String exclude = Objects.requireNonNullElse(consumer.getAntExclude(), "");
        String done = consumer.getDoneFileName();
        if (done == null && include.isEmpty() && exclude.isEmpty() && consumer.isRecursive()) {
            return Optional.empty();
        }
        List<String> chosen = new ArrayList<>();
        chosen.add(include.isEmpty() ? "" : "include=" + include);
        chosen.add(exclude.isEmpty() ? "" : "exclude=" + exclude);
        chosen.add(consumer.isRecursive() ? "" : "recursive=false");
        chosen.removeIf(String::isEmpty);
        String patterns = Text.line(String.join(", ", chosen));
        String marker = Text.line("done-file=" + done);

        Set<String> before = known(job);
        SourceScan.Counts counts = scan.counts();
        boolean matched = patterns.isEmpty() || counts.matching() > 0 || before.contains(patterns);
        boolean marked = counts.finished() > 0 || before.contains(marker);
        // The build before remembered nothing, and with after=delete the markers are gone.
        boolean first = before.isEmpty() || before.equals(Set.of(MOUNTED));
        if ((!matched && counts.files() > 0) || (!marked && first && counts.matching() > 0)) {
            IncludeExclude selection = new IncludeExclude(consumer.getAntFilter(), null);
            boolean has = shipped.test(selection::wants);
            matched |= has;
            marked |= has && first;
        }
        Set<String> now = new LinkedHashSet<>();
        Stream.of(
                        before.contains(MOUNTED) ? MOUNTED : "",
                        matched ? patterns : "",
                        marked && done != null ? marker : "")
                .filter(line -> !line.isEmpty())
                .forEach(now::add);
        if (!now.equals(before)) {
            file(job).write(now);
        }
        String files = Text.files(counts.files());
        if (isQuoted(exclude) || (isQuoted(include) && !matched)) {
            String name = isQuoted(exclude) ? "exclude" : "include";
            return Optional.of("%s is in quotes, which count as part of the names; write it without".formatted(name));
        }
        if (!matched && counts.files() > 0) {
            return Optional.of(
                    ("of %s in %s, %s selects none, and never has since it was set; patterns are relative to the"
                                    + " source, and **/ stands for all its subfolders")
                            .formatted(files, Text.line(job.source().toString()), patterns));
        }
        return done == null || marked || counts.matching() == 0
                ? Optional.empty()
                : Optional.of("of %s in %s, none has its marker, and none ever had since %s was set"
                        .formatted(
                                Text.files(counts.matching()),
                                Text.line(job.source().toString()),
                                marker));
    }

    private static boolean isQuoted(String patterns) {
        return Stream.of(patterns.split(",", -1)).anyMatch(one -> one.strip().matches("\".*\"?|.*\"|'.*'"));
    }

    private Set<String> known(Job job) {
        return new LinkedHashSet<>(file(job).read().orElse(List.of()));
    }

    private StateFile file(Job job) {
        return StateFile.of(state, job.name(), "source");
    }
}
