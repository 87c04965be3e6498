package dev.offsite.cli;

import dev.offsite.init.Answers;
import dev.offsite.init.FirstConfiguration;
import dev.offsite.init.InitFolders;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFolders;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.util.FileUtil;

/**
 * Ships one file by the real routes, as the new job would, and removes it again. It has a root of its own, a hidden folder below the
 * job's, and a state of its own, so that nothing of the job's is touched.
 */
record InitTestFile(InitFolders folders, Answers answers) {

    /** Has one name, so that what a killed run has left is removed by the next. */
    static final String FOLDER = ".offsite-init-test";

    private static final String NAME = "offsite-init-test.txt";

    /** Fails with {@link CommandException}, which says what to do. */
    void ship() throws Exception {
        Path here = Files.createTempDirectory("offsite-init");
        try {
            Path source = Files.createDirectory(here.resolve("source"));
            Path file =
                    Files.writeString(source.resolve(NAME), "A test of offsite init. It may be deleted.%n".formatted());
            // Finished long ago.
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
            Answers test = new Answers(
                    answers.host(),
                    answers.port(),
                    answers.user(),
                    source.toString(),
                    RemotePath.below(answers.root(), FOLDER),
                    answers.job(),
                    folders.config().resolve(answers.key()).toString());
            Path configuration = Files.writeString(
                    here.resolve("application.properties"),
                    FirstConfiguration.text(test, here.resolve("state").toString())
                            .replace(
                                    "=known_hosts\n",
                                    "=" + folders.knownHosts().toString().replace("\\", "\\\\") + "\n"));
            try (CamelApplication routes = CamelApplication.startShip(Configuration.load(configuration))) {
                ship(routes, routes.services().jobs().get(answers.job()));
            }
        } finally {
            FileUtil.removeDir(here.toFile());
        }
    }

    private void ship(CamelApplication routes, Job job) throws Exception {
        ShipOnce.Outcome outcome;
        try {
            remove(routes, job);
            outcome = new ShipOnce(routes, null, false).ship(job.name());
        } finally {
            remove(routes, job);
        }
        if (outcome.exitCode() != ExitCode.OK || outcome.result().shipped() != 1) {
            throw new CommandException(
                    Math.max(outcome.exitCode(), ExitCode.FAILED),
                    "init: the test file did not arrive: %s".formatted(reason(outcome)));
        }
    }

    private static String reason(ShipOnce.Outcome outcome) {
        List<String> reasons = List.copyOf(outcome.result().failures().values());
        return reasons.isEmpty() ? ShipCommand.summary(outcome) : String.join("; ", reasons);
    }

    private void remove(CamelApplication routes, Job job) {
        try {
            routes.services().connections().to(job).sessions().run(remote -> RemoteFolders.remove(remote, job.root()));
        } catch (IOException e) {
            FailureMessages why = FailureMessages.of(e, job.target(), "remove the test");
            throw new CommandException(
                    ExitCode.of(why),
                    "init: %s could not be removed on the server: %s. If files there can only be added, let prune=never stand in %s"
                            .formatted(Text.line(job.root()), why.message(), folders.file()));
        }
    }
}
