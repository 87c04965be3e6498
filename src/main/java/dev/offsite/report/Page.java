package dev.offsite.report;

import dev.offsite.history.History;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.status.JobReport;
import dev.offsite.status.StatusReader;
import gg.jte.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Makes the page from what is remembered of the jobs: no login, no lock. */
public final class Page {

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final StatusReader status;
    private final HistorySummaries history;
    private final PageRenderer renderer = new PageRenderer();
    /** By the name of the job. */
    private final Map<String, Year> years = new ConcurrentHashMap<>();

    public Page(StatusReader status, History history) {
        this.status = status;
        this.history = new HistorySummaries(history);
    }

    /**
     * The page in UTF-8.
     *
     * @throws StateException if the state cannot be read
     */
    public byte[] html(Collection<Job> jobs) {
        Instant now = status.clock().instant();
        Map<String, Content> drawn = new HashMap<>();
        List<JobView> views = jobs.stream().map(job -> view(job, drawn)).toList();
        String version = Optional.ofNullable(Page.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
        ZoneId zone = ZoneId.systemDefault();
        return renderer.page(PageView.of(views, Moment.of(now, now, zone), zone.getId(), host(), version), drawn);
    }

    /** The Content-Security-Policy to send with it. */
    public static String policy() {
        return PageRenderer.policy();
    }

    private JobView view(Job job, Map<String, Content> years) {
        JobReport report = status.report(job);
        JobHistory past = history.of(job, JobViews.from(report));
        JobView view = JobViews.of(report, past);
        years.put(view.id(), year(view.id(), report, past));
        return view;
    }

    /** The calendar and the sizes, which are most of the page and change only when something ran. */
    @SuppressWarnings("ReferenceEquality") // as long as nothing ran, it is the same object
    private Content year(String id, JobReport report, JobHistory past) {
        LocalDate today = JobViews.today(report);
        LocalDate known = JobViews.known(report, past);
        Year before = years.get(report.name());
        if (before != null && before.history == past && before.today.equals(today) && before.known.equals(known)) {
            return before.html;
        }
        Content html = renderer.year(id, Calendar.of(past, known, today), Sizes.of(report.job(), past, today));
        years.put(report.name(), new Year(past, today, known, html));
        return html;
    }

    private record Year(JobHistory history, LocalDate today, LocalDate known, Content html) {}

    /** Without a name server, which may be down. */
    private static String host() {
        try {
            return PageText.visible(Files.readString(HOST_NAME).strip());
        } catch (IOException e) {
            return PageText.visible(
                    Optional.ofNullable(System.getenv("HOSTNAME")).orElse(""));
        }
    }
}
