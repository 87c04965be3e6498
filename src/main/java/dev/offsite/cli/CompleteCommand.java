package dev.offsite.cli;

import dev.offsite.cluster.Cluster;
import dev.offsite.verify.VerificationLog;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code offsite --complete KIND [JOB]}: for the completion of shells, the words that it cannot know, one a line. Whatever is wrong, it is silent.
 */
@Command(hidden = true)
public final class CompleteCommand extends VerbCommand {

    static final String NAME = "--complete";

    /** Named as the parameters of verbs that they are for. */
    enum Kind {
        JOB,
        DATE,
        KEY
    }

    @Parameters(index = "0")
    private Kind kind;

    @Parameters(index = "1", arity = "0..1")
    private String job;

    @Override
    public Integer call() {
        try {
            words().forEach(System.out::println);
        } catch (RuntimeException e) {
            // Nobody wants to read of it in the middle of a line.
            return ExitCode.FAILED;
        }
        return ExitCode.OK;
    }

    private List<String> words() {
        return switch (kind) {
            case KEY -> HelpCommand.topics();
            case JOB -> offsite.configuration().jobs();
            case DATE -> dates(offsite.configuration());
        };
    }

    /** Those with copies that this machine verified, the newest first: a server would be too slow to ask. */
    private List<String> dates(Configuration configuration) {
        try (Cluster nodes = ConfiguredCluster.open(configuration)) {
            return new VerificationLog(nodes.state())
                    .folders(new ConfiguredJobs(configuration).get(job)).stream()
                            .sorted(Comparator.reverseOrder())
                            .toList();
        }
    }
}
