package dev.offsite.cli;

import dev.offsite.cluster.MigratableCluster;
import dev.offsite.job.Setting;
import dev.offsite.migrate.Migration;
import dev.offsite.migrate.MigrationException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code offsite migrate}: takes what one machine knows into the database of a cluster, or back. */
@Command(
        description =
                "Takes what this machine knows into the database of offsite.cluster, or takes what is in that database into the"
                        + " state folder of this machine, and compares both sides. Stop Offsite everywhere first. If it was"
                        + " interrupted, run it again.")
public final class MigrateCommand extends VerbCommand {

    @Spec
    private CommandSpec spec;

    @Option(names = "--to-cluster", description = "Take what this machine knows into the database.")
    private boolean toCluster;

    @Option(
            names = "--to-folder",
            description = "Take what is in the database into the state folder, for one machine without a cluster.")
    private boolean toFolder;

    @Option(names = "--dry-run", description = "Only say what would be copied, and where to.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() {
        if (toCluster == toFolder) {
            throw new ParameterException(
                    spec.commandLine(),
                    "name one of --to-cluster (from the state folder of this machine into the database) and"
                            + " --to-folder (from the database into the state folder)");
        }
        Configuration configuration = offsite.configuration();
        if (ConfiguredCluster.settings(configuration).url().isEmpty()) {
            throw new CommandException("%s: %s is not set: it names the database"
                    .formatted(configuration.file(), Setting.CLUSTER.globalKey()));
        }
        try (StateLock lock = StateLock.take(configuration.state(), "migrate");
                MigratableCluster cluster = ConfiguredCluster.toMigrate(configuration);
                Progress progress = Progress.ofEntries(offsite.showsProgress(), "migrate")) {
            Migration migration =
                    new Migration(configuration.state(), cluster, Clock.systemUTC(), new EntryProgress(progress));
            Migration.Result result =
                    dryRun ? migration.look(toCluster) : toCluster ? migration.toCluster() : migration.toFolder();
            String folder = configuration.state().toAbsolutePath().normalize().toString();
            print(result, folder, "the cluster's database (%s)".formatted(cluster.place()));
            return ExitCode.OK;
        } catch (MigrationException e) {
            throw new CommandException(
                    switch (e.kind()) {
                        case REFUSED -> ExitCode.CONFIGURATION;
                        case BUSY -> ExitCode.BUSY;
                        case DIFFERENT -> ExitCode.FAILED;
                    },
                    e.getMessage());
        }
    }

    private record EntryProgress(Progress progress) implements Migration.Progress {
        @Override
        public void total(long entries) {
            progress.total(entries);
        }

        @Override
        public void accept(long entries) {
            progress.accept(entries);
        }
    }

    private void print(Migration.Result result, String folder, String database) {
        String from = toCluster ? folder : database;
        String to = toCluster ? database : folder;
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("dryRun", dryRun);
            fields.put("from", from);
            fields.put("to", to);
            fields.put("entries", result.entries());
            fields.put("texts", result.texts());
            JsonOutput.print("migrate", fields);
            return;
        }
        String what =
                String.format(Locale.ROOT, "%,d entries of the ledger and %,d texts", result.entries(), result.texts());
        if (dryRun) {
            System.out.printf("%s would be copied from %s to %s%n", what, from, to);
        } else {
            String how = result.isVerified() ? "verified" : "as they were before the way back began";
            offsite.say("%s are in %s, %s".formatted(what, to, how), true);
        }
    }
}
