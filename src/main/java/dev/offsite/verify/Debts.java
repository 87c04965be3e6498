package dev.offsite.verify;

import dev.offsite.io.StateFile;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.verify.VerificationLog.Entry;
import dev.offsite.verify.VerificationLog.Loss;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The debts of each job: copies that were verified and are now missing, changed or unlisted. A debt is a line of the
 * {@link VerificationLog}, so it ends with the line of its next verification, or with a person's word. A small file
 * ({@code .debts} beside the lines) names the dated folders that have debts, so that they are found without reading all.
 */
public final class Debts {

    private static final Set<Loss> OWED = Set.of(Loss.CHANGED, Loss.MISSING, Loss.UNLISTED);

    private final VerificationLog log;

    public Debts(VerificationLog log) {
        this.log = log;
    }

    /** A copy that is owed, and the name of its dated folder. */
    public record Debt(String folder, Entry copy) {

        /** Below the job's root. */
        public String path() {
            return folder + "/" + copy.name();
        }

        /** In one line. */
        @Override
        public String toString() {
            return "%s %s since %s".formatted(Text.line(path()), copy.loss().word(), copy.at());
        }
    }

    /** What is owed now, by folder and name. */
    public List<Debt> of(Job job) {
        return of(job, folders(job));
    }

    private List<Debt> of(Job job, Set<String> folders) {
        return folders.stream()
                .flatMap(folder -> log.of(job, folder).values().stream()
                        .filter(entry -> OWED.contains(entry.loss()))
                        .map(entry -> new Debt(folder, entry)))
                .toList();
    }

    /** Records lost copies of a dated folder, and returns after that is on disk. */
    public synchronized void add(Job job, String folder, Collection<Entry> lost) {
        if (lost.isEmpty()) {
            return;
        }
        // First, so that no debt is ever overlooked.
        index(job).update(before -> {
            Set<String> folders = dated(job, before);
            return folders.add(folder) ? List.copyOf(folders) : before;
        });
        log.add(job, folder, lost);
    }

    /** Ends the debts that a person gives up, and returns them. Other processes may be at work. */
    public List<Debt> giveUp(Job job, Predicate<Debt> which, Instant now) {
        List<Debt> given = of(job).stream().filter(which).toList();
        for (String folder : new TreeSet<>(given.stream().map(Debt::folder).toList())) {
            log.add(
                    job,
                    folder,
                    given.stream()
                            .filter(debt -> debt.folder().equals(folder))
                            .map(debt -> debt.copy().lost(Loss.GIVEN_UP, now))
                            .toList());
        }
        return given;
    }

    /** Drops folders without debts from the index. */
    public synchronized void tidy(Job job) {
        if (!folders(job).isEmpty()) {
            index(job).update(before -> of(job, dated(job, before)).stream()
                    .map(Debt::folder)
                    .distinct()
                    .toList());
        }
    }

    private Set<String> folders(Job job) {
        return dated(job, index(job).read().orElse(List.of()));
    }

    private static Set<String> dated(Job job, List<String> lines) {
        Set<String> folders = new TreeSet<>(lines);
        folders.removeIf(folder -> job.folders().parse(folder).isEmpty());
        return folders;
    }

    private StateFile index(Job job) {
        return log.beside(job, ".debts");
    }
}
