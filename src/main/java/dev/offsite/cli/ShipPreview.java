package dev.offsite.cli;

import dev.offsite.cluster.ClusterException;
import dev.offsite.io.Clocks;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.ship.CommittedFiles;
import dev.offsite.source.SourceChecksumException;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceChecksums.Expected;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.camel.component.file.FileEndpoint;

/**
 * What a ship would do now, without a server: it looks at the source and the ledger as {@link ShipOnce} does, with the
 * same parts, and reads the files that have checksums beside them.
 */
record ShipPreview(CamelApplication routes) {

    enum State {
        READY,
        /** A run waits for it, for a while. */
        CHANGING,
        /** It would not be shipped. */
        FAILED,
        LEFT_OUT;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * @param name below the source
     * @param size -1 if nothing looked at it
     * @param folder the dated folder where it would go; empty if it would not
     * @param reason why it does not go; empty if it does
     */
    record PlannedFile(String name, State state, long size, String folder, String reason) {}

    /**
     * @param problem why the whole job ships nothing, or not all; empty if there is nothing
     * @param searches whether the run would first look for the files on the server
     */
    record Plan(Job job, List<PlannedFile> files, String problem, boolean searches) {

        List<PlannedFile> in(State state) {
            return files.stream().filter(file -> file.state() == state).toList();
        }

        long bytes() {
            return in(State.READY).stream().mapToLong(PlannedFile::size).sum();
        }

        List<String> folders() {
            return in(State.READY).stream()
                    .map(PlannedFile::folder)
                    .distinct()
                    .sorted()
                    .toList();
        }

        /** Whether a run would end well, as far as is known here. */
        boolean well() {
            return problem.isEmpty() && in(State.FAILED).isEmpty();
        }
    }

    /** Prints it for these jobs; returns the exit code. */
    static int print(Configuration configuration, List<String> jobs, boolean json) {
        try (ScratchState scratch = ScratchState.of(configuration.state());
                CamelApplication routes = start(configuration, scratch)) {
            ShipPreview preview = new ShipPreview(routes);
            List<Plan> plans = new ArrayList<>();
            for (String job : jobs) {
                Plan plan = preview.of(job, scratch);
                if (!json) {
                    System.out.print(ShipPreviewTable.of(plan, preview.runsCommandFirst(job)));
                }
                plans.add(plan);
            }
            if (json) {
                ShipReport.print(plans);
            }
            return ExitCode.of(false, plans.stream().allMatch(Plan::well));
        }
    }

    private static CamelApplication start(Configuration configuration, ScratchState scratch) {
        try {
            return CamelApplication.startDryRun(scratch.in(configuration));
        } catch (CommandException | ClusterException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CommandException(ExitCode.FAILED, scratch.original(Failures.line(e)));
        }
    }

    private boolean runsCommandFirst(String job) {
        return routes.services().jobs().commands(job).before().isPresent();
    }

    private Plan of(String name, ScratchState scratch) {
        Job job = routes.services().jobs().get(name);
        Optional<String> missing = routes.services().sources().folder(job);
        if (missing.isPresent()) {
            return new Plan(job, List.of(), missing.get(), false);
        }
        try {
            return of(job);
        } catch (IOException | StateException e) {
            return new Plan(
                    job, List.of(), scratch.original(FailureMessages.of(e, job).message()), false);
        }
    }

    private Plan of(Job job) throws IOException {
        Ledger ledger = routes.services().ledger();
        CommittedFiles committed = new CommittedFiles(job, ledger);
        List<PlannedFile> files = new ArrayList<>();
        List<PlannedFile> leftOut = new ArrayList<>();
        Predicate<SourceFile> isNew = file -> !committed.has(file, read -> {});
        SourceScan source = SourceScan.of(
                routes.context(),
                job,
                committed.ahead(),
                isNew,
                (file, reason) -> leftOut.add(new PlannedFile(file, State.LEFT_OUT, -1, "", reason)));
        FileEndpoint consumer =
                (FileEndpoint) routes.context().getRoute(job.name()).getEndpoint();
        String problem = routes.services()
                .sources()
                .selection(job, consumer, source, taken -> ledger.knows(job, taken))
                .orElse("");
        ReadyCheck ready =
                new ReadyCheck(job, routes.services().commands().readiness(job), Clocks.of(routes.context()));
        Checks checks = new Checks(ready);
        source.files().forEach(file -> files.add(checks.planned(file)));
        source.unshippable().forEach((file, reason) -> files.add(new PlannedFile(file, State.FAILED, -1, "", reason)));
        files.addAll(leftOut);
        files.sort(Comparator.comparing(PlannedFile::state).thenComparing(PlannedFile::name));
        boolean searches = !source.files().isEmpty() && ledger.mayHaveForgotten(job);
        return new Plan(job, files, problem, searches);
    }

    /** What a run finds out about one file when it is its turn. */
    private record Checks(Job job, ReadyCheck ready, SourceChecksums checksums) {

        Checks(ReadyCheck ready) {
            this(ready.job(), ready, new SourceChecksums(ready.job().source(), ready.readiness()));
        }

        PlannedFile planned(SourceFile file) {
            if (!ready.isReady(file)) {
                return ready.isAwaited(file.file())
                        ? changing(file, ready.reason(file))
                        : failed(file, ready.reason(file));
            }
            try {
                read(file.file().toPath());
            } catch (SourceChecksumException e) {
                // The run waits for the list as for the files.
                SourceFile list =
                        SourceFile.of(job.source().resolve(Manifest.NAME).toFile());
                return ready.isAwaited(list.file()) ? changing(file, e.getMessage()) : failed(file, e.getMessage());
            } catch (IOException e) {
                return failed(file, FailureMessages.of(e, job).message());
            }
            String folder = job.folder(job.day(job.today(ready.clock()), Instant.ofEpochMilli(file.modified())));
            return new PlannedFile(file.below(job.source()), State.READY, file.size(), folder, "");
        }

        /** Opens it, and compares it with the checksums that it must have. */
        private void read(Path file) throws IOException {
            List<Expected> expected = checksums.of(file);
            try (HashingInputStream in = new HashingInputStream(Files.newInputStream(file), read -> {})) {
                if (!expected.isEmpty()) {
                    expected.forEach(one -> in.with(one.algorithm().javaName()));
                    in.transferTo(OutputStream.nullOutputStream());
                    checksums.check(file, in);
                }
            }
        }

        private PlannedFile changing(SourceFile file, String reason) {
            return new PlannedFile(file.below(job.source()), State.CHANGING, file.size(), "", reason);
        }

        private PlannedFile failed(SourceFile file, String reason) {
            return new PlannedFile(file.below(job.source()), State.FAILED, file.size(), "", reason);
        }
    }
}
