package dev.offsite.report;

import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.status.JobReport;
import dev.offsite.status.Monitor;
import dev.offsite.status.StatusReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Makes the page from what is remembered of the jobs: no login, no lock. */
public final class Page {

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final StatusReader status;
    private final HistorySummaries history;
    private final PageRenderer renderer = new PageRenderer();

    public Page(Monitor monitor) {
        this.status = monitor.reader();
        this.history = new HistorySummaries(monitor.history());
    }

    /**
     * The page in UTF-8.
     *
     * @throws StateException if the state cannot be read
     */
    public byte[] html(Collection<Job> jobs) {
        Instant now = status.clock().instant();
        List<JobView> views = jobs.stream().map(this::view).toList();
        String version = Optional.ofNullable(Page.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
        ZoneId zone = ZoneId.systemDefault();
        return renderer.render(PageView.of(views, Moment.of(now, now, zone), zone.getId(), host(), version));
    }

    /** The Content-Security-Policy to send with it. */
    public static String policy() {
        return PageRenderer.policy();
    }

    private JobView view(Job job) {
        JobReport report = status.report(job);
        return JobViews.of(report, history.of(job, JobViews.from(report)));
    }

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
