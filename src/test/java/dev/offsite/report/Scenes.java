package dev.offsite.report;

import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.history.History;
import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.StateFolder;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.CronTimes;
import dev.offsite.job.DatedBy;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.job.PruneSettings;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.status.JobMemoryFile;
import dev.offsite.status.JobReport;
import dev.offsite.status.Monitor;
import dev.offsite.status.Observation;
import dev.offsite.status.Observation.Amount;
import dev.offsite.status.StatusReader;
import dev.offsite.support.Fixtures;
import dev.offsite.verify.Debts;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationLog.Entry;
import dev.offsite.verify.VerificationLog.Loss;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Jobs with a past, in a state folder, to make pages of. */
final class Scenes implements Jobs {

    static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    static final Instant NOW = Instant.parse("2026-11-29T09:30:00Z");
    private static final long GIB = 1L << 30;
    private static final String HASH = "ab".repeat(32);

    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final History history;
    private final JobStatus statuses;
    private final Debts debts;
    private final Monitor monitor;

    Scenes(Path state) {
        this.history = new History(new StateFolder(state));
        this.statuses = new JobStatus(new StateFolder(state));
        VerificationLog verifications = new VerificationLog(new StateFolder(state));
        this.debts = new Debts(verifications);
        this.monitor = new Monitor(
                this,
                new StatusReader(
                        this,
                        new JobMemoryFile(new StateFolder(state)),
                        new KnownTrouble(statuses, debts),
                        verifications,
                        Clock.fixed(NOW, ZONE)),
                history,
                event -> {});
    }

    Page page() {
        return new Page(monitor.reader(), monitor.history());
    }

    byte[] html() {
        return page().html(all());
    }

    JobReport report(Job job) {
        return monitor.reader().report(job);
    }

    History history() {
        return history;
    }

    Job add(String name, Duration maxAge) {
        Job job = new Job(
                name,
                Path.of("/var/backups/app"),
                "/srv/offsite/job%d".formatted(jobs.size()),
                Duration.ofSeconds(10),
                null,
                AfterCommitAction.KEEP,
                null,
                DatedBy.RUN,
                DatedFolder.BASIC,
                ZONE,
                new RetentionPolicy(7),
                PruneSettings.DEFAULT,
                false,
                4,
                false,
                BandwidthLimit.NONE,
                Optional.ofNullable(maxAge),
                Optional.empty(),
                Fixtures.target(22));
        jobs.put(name, job);
        return job;
    }

    /** What an installation of a year looks like. */
    Scenes demo() {
        year("database", Duration.ofHours(26), 1_200, 0);
        year("photos", Duration.ofDays(3), 340, 9);
        year("mail", Duration.ofHours(26), 640, 0);
        year("website", null, 90, 0);
        add("archive", Duration.ofDays(7));
        damage("mail", List.of("mail-20261104.tar.zst", "mail-20261105.tar.zst"));
        statuses.ended(jobs.get("website"), true);
        statuses.hold(
                jobs.get("website"),
                JobStatus.Hold.IMPLAUSIBLE,
                "20261129/site.tar.gz has only 3.1 MiB; the median of the 10 before is 91.4 MiB");
        run("website", Verb.SHIP, Result.OK, NOW.minus(Duration.ofHours(5)), 1, 3_250_000, "");
        return this;
    }

    /** A single job to which everything has happened. */
    Scenes broken() {
        year("database", Duration.ofHours(26), 1_200, 12);
        String reason = "backup.example.org refused the connection (port 22): is sshd running there?";
        for (int day = 11; day >= 0; day--) {
            run("database", Verb.SHIP, Result.FAILED, NOW.minus(Duration.ofHours(24L * day + 5)), 0, 0, reason);
        }
        monitor.observe(new Observation.Unshipped(
                "database",
                NOW.minus(Duration.ofHours(5)),
                List.of("app-20261126.db.gz", "app-20261127.db.gz", "app-20261128.db.gz")));
        run("database", Verb.SCRUB, Result.FAILED, NOW.minus(Duration.ofHours(4)), 0, 0, reason);
        run("database", Verb.PRUNE, Result.REFUSED, NOW.minus(Duration.ofHours(3)), 0, 0, "the last ship failed");
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            lost.add("app-%03d.db.gz".formatted(i));
        }
        damage("database", lost);
        statuses.ended(jobs.get("database"), false);
        statuses.hold(jobs.get("database"), JobStatus.Hold.IMPLAUSIBLE, "20261117/app.db.gz is empty");
        statuses.hold(jobs.get("database"), JobStatus.Hold.DAMAGE, "20261104/SHA256SUMS cannot be read");
        return this;
    }

    /** Every text that comes from elsewhere tries to break the page. */
    Scenes hostile() {
        String evil = "</style></svg></title>--><script>alert('x')</script><img src=x onerror=\"alert(1)\">";
        for (String name : List.of(
                evil,
                "\"' onmouseover='alert(1)",
                "bidi \u202Egpj.exe\u2066",
                "a\u0007\u0000b\nc\u200Bd",
                "n".repeat(200),
                "-rf")) {
            add(name, Duration.ofHours(26));
            for (int i = 3; i >= 0; i--) {
                run(name, Verb.SHIP, Result.OK, NOW.minus(Duration.ofDays(i)), 1, GIB, "");
            }
            run(name, Verb.SHIP, Result.FAILED, NOW.minusSeconds(60), 0, 0, name + ": " + evil + " \uD800 {{x}} ${x}");
            monitor.observe(new Observation.Unshipped(name, NOW, List.of(evil, name, "w".repeat(250))));
            damage(name, List.of("f\u202E\u0001" + evil, "w".repeat(250)));
        }
        return this;
    }

    void damage(String job, List<String> names) {
        Instant at = NOW.minus(Duration.ofDays(2));
        debts.add(
                jobs.get(job),
                "20261104",
                names.stream()
                        .map(name -> new Entry(name, HASH, Optional.empty(), Loss.CHANGED, at))
                        .toList());
    }

    /** A copy each night, scrubs, prunes, a few failures, and a day with too little; it ended that many days ago. */
    private void year(String name, Duration maxAge, long mib, int endedDaysAgo) {
        add(name, maxAge);
        Random random = new Random(name.hashCode());
        LocalDate today = LocalDate.ofInstant(NOW, ZONE);
        int begin = name.equals("photos") ? 190 : 340;
        for (int i = begin; i >= endedDaysAgo; i--) {
            LocalDate day = today.minusDays(i);
            Instant night = day.atTime(4, 30 + random.nextInt(9)).atZone(ZONE).toInstant();
            int luck = random.nextInt(100);
            if (luck < 3) {
                run(name, Verb.SHIP, Result.FAILED, night, 0, 0, "connection timed out: is the line down?");
                if (luck < 2) {
                    continue;
                }
            } else if (luck < 7) {
                run(name, Verb.SHIP, Result.NOTHING, night, 0, 0, "");
                continue;
            }
            double growth = 1 + (begin - i) / 600.0;
            long size = (long) (mib * (1 << 20) * growth * (0.93 + random.nextDouble() * 0.14));
            boolean small = i == 24;
            ship(name, night.plusSeconds(60), 2, small ? size / 12 : size);
            if (i < begin - 7) {
                run(name, Verb.PRUNE, Result.OK, night.plusSeconds(90), 1, 0, "");
            }
            if (i % 3 == 0) {
                run(name, Verb.SCRUB, Result.OK, night.plusSeconds(3600), 14, 7 * size, "");
            }
        }
        Instant last = NOW.minus(Duration.ofDays(endedDaysAgo)).minus(Duration.ofHours(5));
        LocalDate lastDay = LocalDate.ofInstant(last, ZONE);
        monitor.observe(new Observation.Counted(
                name,
                last,
                Map.of(
                        lastDay,
                        new Amount(12, (12 * mib) << 20),
                        lastDay.minusDays(40),
                        new Amount(2, (2 * mib) << 20))));
        monitor.observe(new Observation.Space(name, last, 812 * GIB));
        monitor.observe(new Observation.Trash(name, last, 7));
    }

    void ship(String job, Instant at, int files, long bytes) {
        String folder = DatedFolder.BASIC.name(LocalDate.ofInstant(at, ZONE));
        monitor.observe(new Observation.Verified(job, at, folder, files, bytes));
        run(job, Verb.SHIP, Result.OK, at, files, bytes, "");
    }

    void run(String job, Verb verb, Result result, Instant at, long files, long bytes, String reason) {
        Duration took = Duration.ofMillis(Math.max(400, bytes / 90_000));
        monitor.observe(new Observation.Ended(new HistoryEntry(
                job, verb, result, at, took, files, bytes, result == Result.FAILED ? 1 : 0, List.of(), reason)));
    }

    @Override
    public List<Job> all() {
        return List.copyOf(jobs.values());
    }

    @Override
    public Job get(String name) {
        return Optional.ofNullable(jobs.get(name)).orElseThrow(() -> new IllegalArgumentException(name));
    }

    @Override
    public Optional<String> drillCommand(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<CronTimes> schedule(String name) {
        return Optional.of(new CronTimes("0 30 4 * * ?", ZONE));
    }
}
