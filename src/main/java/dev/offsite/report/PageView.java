package dev.offsite.report;

import dev.offsite.report.State.Tone;
import java.util.Comparator;
import java.util.List;

/**
 * The whole page.
 *
 * @param headline how the jobs are, in one sentence
 * @param jobs the worst first
 * @param zone that {@code made} is in
 * @param host that made it
 */
public record PageView(
        Tone tone, String headline, List<JobView> jobs, Moment made, String zone, String host, String version) {

    static PageView of(List<JobView> jobs, Moment made, String zone, String host, String version) {
        List<JobView> sorted =
                jobs.stream().sorted(Comparator.comparing(JobView::state)).toList();
        long bad = jobs.stream().filter(job -> job.state().needsSomebody()).count();
        long none =
                jobs.stream().filter(job -> job.state() == State.NOTHING_YET).count();
        boolean worse = jobs.stream().anyMatch(job -> job.state().tone() == Tone.BAD);
        Tone tone = worse ? Tone.BAD : bad > 0 ? Tone.WARN : none > 0 ? Tone.NONE : Tone.GOOD;
        return new PageView(tone, headline(jobs.size(), bad, none), sorted, made, zone, host, version);
    }

    private static String headline(int all, long bad, long none) {
        if (bad > 0) {
            String needs = bad == 1 ? "needs" : "need";
            return all == 1 ? "The job needs you" : "%d of %d jobs %s you".formatted(bad, all, needs);
        }
        if (none > 0) {
            String have = none == 1 ? "has" : "have";
            return all == 1
                    ? "The job has no verified copy yet"
                    : "%d of %d jobs %s no verified copy yet".formatted(none, all, have);
        }
        return switch (all) {
            case 0 -> "There is no job";
            case 1 -> "The job is well";
            default -> "All %d jobs are well".formatted(all);
        };
    }
}
