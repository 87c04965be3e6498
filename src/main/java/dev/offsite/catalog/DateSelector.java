package dev.offsite.catalog;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How users name a dated folder: by its name, by its day such as 2026-01-31, or as {@code latest}. */
public final class DateSelector {

    public static final String LATEST = "latest";

    private static final int NAMED = 5;

    private static final Pattern PERIOD = Pattern.compile("([0-9]{4})(?:-?(0[1-9]|1[0-2]))?");

    private DateSelector() {}

    /** Whether the word is a month, such as 2026-01 or 202601, or a year, and no dated folder of the job. */
    public static boolean isPeriod(Job job, String word) {
        return !is(job, word) && PERIOD.matcher(word).matches();
    }

    /**
     * The folders of a month or a year.
     *
     * @throws RestoreException if there are none
     */
    public static List<DatedFolderRef> in(Job job, List<DatedFolderRef> places, String period) throws RestoreException {
        String prefix = PERIOD.matcher(period)
                .replaceFirst(match -> match.group(1) + "-" + (match.group(2) == null ? "" : match.group(2) + "-"));
        List<DatedFolderRef> those = places.stream()
                .filter(place -> place.date().toString().startsWith(prefix))
                .toList();
        if (those.isEmpty()) {
            throw new RestoreException("there is no dated folder of %s in %s".formatted(period, job.root()));
        }
        return those;
    }

    /** Whether the word can name a dated folder of the job, even if that does not exist. */
    public static boolean is(Job job, String word) {
        return word.equals(LATEST) || day(job, word).isPresent();
    }

    private static Optional<LocalDate> day(Job job, String word) {
        Optional<LocalDate> named = job.folders().parse(word);
        if (named.isPresent()) {
            return named;
        }
        try {
            return Optional.of(LocalDate.parse(word));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Finds the folder; one in the trash only if there is no other.
     *
     * @param word not {@link #LATEST}
     * @throws RestoreException if there is none; the message lists those that exist
     */
    public static DatedFolderRef find(Job job, List<DatedFolderRef> places, String word) throws RestoreException {
        LocalDate day = day(job, word).orElseThrow(() -> noDay(job, word));
        return places.stream()
                .filter(place -> place.date().equals(day))
                .min(Comparator.comparing(DatedFolderRef::trash))
                .orElseThrow(() -> none(job, places, word, day));
    }

    private static RestoreException noDay(Job job, String word) {
        LocalDate day = LocalDate.of(2026, 1, 31);
        return new RestoreException("'%s' is no day of job %s: write it as %s, as %s, or %s"
                .formatted(Text.line(word), job.name(), job.folders().name(day), day, LATEST));
    }

    private static RestoreException none(Job job, List<DatedFolderRef> places, String word, LocalDate day) {
        List<DatedFolderRef> near = places.stream()
                .filter(place -> !place.trash())
                .sorted(Comparator.comparingLong(place -> Math.abs(ChronoUnit.DAYS.between(day, place.date()))))
                .toList();
        String there = near.stream()
                .limit(NAMED)
                .sorted(Comparator.comparing(DatedFolderRef::date))
                .map(DatedFolderRef::name)
                .collect(Collectors.joining(", "));
        String others = near.size() <= NAMED ? "there are " + there : "the nearest are " + there;
        return new RestoreException("there is no dated folder %s in %s; %s"
                .formatted(Text.line(word), job.root(), near.isEmpty() ? "there is none at all" : others));
    }
}
