package dev.offsite.metrics;

import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.status.JobMemory;
import dev.offsite.status.JobMemory.LastRun;
import dev.offsite.status.JobReport;
import dev.offsite.status.Observation.Amount;
import dev.offsite.status.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * All metrics: their names, what they say, and how a job's report gives their values. What is not known has no value,
 * rather than 0.
 */
public enum Metrics {
    LAST_VERIFIED(
            "offsite_last_verified_timestamp_seconds",
            "When the last copy was shipped and verified",
            ofJob(report -> report.verifiedAt().map(Metrics::seconds))),
    MAX_AGE("offsite_max_age_seconds", "How old the last verified copy may be (max-age)", ofJob(report -> report.job()
            .maxAge()
            .map(Metrics::seconds))),
    STALE("offsite_stale", "1 if the last verified copy is older than max-age, else 0", flag(Trouble.Kind.STALE)),
    DAMAGED(
            "offsite_damaged",
            "Copies that are known to be missing or damaged on the server",
            ofJob(report -> Optional.of(damaged(report)))),
    REFUSED(
            "offsite_refused",
            "1 if pruning is held back until a person decides, else 0",
            ofJob(report -> Optional.of(number(report.has(Trouble.Kind.REFUSED))))),
    COPIES("offsite_copies", "Verified copies on the server, as last counted", ofStock(all -> (double) all.copies())),
    BYTES("offsite_bytes", "Size of the verified copies on the server, as last counted", ofStock(all ->
            (double) all.bytes())),
    VERIFIED_RATIO(
            "offsite_verified_bytes_ratio",
            "Share of the bytes on the server that were verified within the last " + JobReport.RECENT_DAYS
                    + " days, 0 to 1",
            ofJob(report -> report.verifiedRatio().isPresent()
                    ? Optional.of(report.verifiedRatio().getAsDouble())
                    : Optional.empty())),
    SHIPPED_COPIES(
            "offsite_shipped_copies_total",
            "Copies shipped and verified so far",
            ofJob(report -> Optional.of((double) report.memory().totals().copies()))),
    SHIPPED_BYTES(
            "offsite_shipped_bytes_total",
            "Size of the copies shipped and verified so far",
            ofJob(report -> Optional.of((double) report.memory().totals().bytes()))),
    FAILURES("offsite_failures_total", "Failed runs so far", Metrics::failures),
    LAST_RUN(
            "offsite_last_run_timestamp_seconds",
            "When the last run ended",
            ofRuns(last -> seconds(last.run().at()))),
    RUN_DURATION(
            "offsite_run_duration_seconds",
            "How long the last run took",
            ofRuns(last -> seconds(last.run().took()))),
    LAST_RUN_FAILED(
            "offsite_last_run_failed",
            "1 if the last run failed, else 0",
            ofRuns(last -> number(last.run().result() == Result.FAILED))),
    NEXT_RUN(
            "offsite_next_run_timestamp_seconds",
            "When the next run is due by the job's schedule",
            ofJob(report -> report.next().map(Metrics::seconds))),
    UNSHIPPED("offsite_unshipped_files", "Files that the last ship left here", ofJob(report -> report.last(Verb.SHIP)
            .map(last -> (double)
                    report.memory().unshipped().map(JobMemory.Unshipped::count).orElse(0)))),
    TRASH("offsite_trash_folders", "Folders in the trash on the server, when last seen", ofJob(report -> report.memory()
            .trash()
            .map(seen -> (double) seen.value()))),
    FREE("offsite_server_free_bytes", "Free space on the server's disk, when last seen", ofJob(report -> report.memory()
            .freeBytes()
            .map(seen -> (double) seen.value()))),
    CHECKED(
            "offsite_checked_timestamp_seconds",
            "When these values were true",
            ofJob(report -> Optional.of(seconds(report.now()))));

    /** The one metric that is of no job. */
    public static final String BUILD_INFO = "offsite_build_info";

    static final String BUILD_INFO_HELP = "Always 1; the labels tell the versions of Offsite and Java";

    private static final double MILLIS = 1000;

    private final String key;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final BiConsumer<JobReport, Sink> values;

    Metrics(String key, String help, BiConsumer<JobReport, Sink> values) {
        this.key = key;
        this.help = help;
        this.values = values;
    }

    /** Takes the values of one metric. */
    @FunctionalInterface
    private interface Sink {
        void add(Optional<Verb> verb, double value);
    }

    /**
     * One value.
     *
     * @param labels names and values, sorted by name
     * @param counter whether it only grows
     */
    public record Sample(String name, String help, boolean counter, Map<String, String> labels, double value) {}

    /** Its name. */
    public String key() {
        return key;
    }

    /** What it says. */
    public String help() {
        return help;
    }

    public boolean isCounter() {
        return key.endsWith("_total");
    }

    /** Whether there is one value for each verb that ran. */
    public boolean isByVerb() {
        return this == FAILURES || this == LAST_RUN || this == RUN_DURATION || this == LAST_RUN_FAILED;
    }

    /** All values, those of a metric together. */
    public static List<Sample> samples(List<JobReport> reports, String version) {
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample(
                BUILD_INFO,
                BUILD_INFO_HELP,
                false,
                Map.of("java", Runtime.version().toString(), "version", version),
                1));
        for (Metrics metric : values()) {
            for (JobReport report : reports) {
                metric.values.accept(
                        report,
                        (verb, value) -> samples.add(new Sample(
                                metric.key,
                                metric.help,
                                metric.isCounter(),
                                verb.map(one -> Map.of("job", report.name(), "verb", one.word()))
                                        .orElseGet(() -> Map.of("job", report.name())),
                                value)));
            }
        }
        return samples;
    }

    private static BiConsumer<JobReport, Sink> ofJob(Function<JobReport, Optional<Double>> value) {
        return (report, sink) -> value.apply(report).ifPresent(one -> sink.add(Optional.empty(), one));
    }

    private static BiConsumer<JobReport, Sink> flag(Trouble.Kind kind) {
        return ofJob(report -> Optional.of(number(report.has(kind))));
    }

    private static BiConsumer<JobReport, Sink> ofStock(Function<Amount, Double> value) {
        return ofJob(report -> report.memory().stock().map(stock -> value.apply(stock.all())));
    }

    private static BiConsumer<JobReport, Sink> ofRuns(ToDoubleFunction<LastRun> value) {
        return (report, sink) -> Stream.of(Verb.values()).forEach(verb -> report.last(verb)
                .ifPresent(last -> sink.add(Optional.of(verb), value.applyAsDouble(last))));
    }

    private static void failures(JobReport report, Sink sink) {
        Map<Verb, Long> failures = report.memory().totals().failures();
        for (Verb verb : Verb.values()) {
            sink.add(Optional.of(verb), failures.getOrDefault(verb, 0L));
        }
    }

    private static double damaged(JobReport report) {
        int least = report.has(Trouble.Kind.DAMAGED) ? 1 : 0;
        return Math.max(report.debts().size(), least);
    }

    private static double number(boolean is) {
        return is ? 1 : 0;
    }

    private static double seconds(Instant at) {
        return at.toEpochMilli() / MILLIS;
    }

    private static double seconds(Duration period) {
        return period.toMillis() / MILLIS;
    }
}
