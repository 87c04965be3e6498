package dev.offsite.cli;

import dev.offsite.age.AgeRecipients;
import dev.offsite.age.Encryption;
import dev.offsite.job.Job;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offsite put}: uploads a file or a folder. */
@Command(description = "Carries one file or a whole tree to the server, and verifies every file there.")
public final class PutCommand extends TransferOptions {

    private static final String NONE = "none";

    @Parameters(index = "0", paramLabel = "LOCAL", description = "The file or folder here.")
    private String local;

    @Parameters(
            index = "1",
            paramLabel = "REMOTE",
            description = {
                "Where it goes: user@host:/path or sftp://user@host:port/path; or /path on the server that the",
                "configuration or SSH_HOST names. A file goes into a folder that is there, or that ends in a slash;",
                "else this is its new name. A folder is never put into another: REMOTE becomes what LOCAL is."
            })
    private String remote;

    @Option(
            names = "--encrypt-to",
            paramLabel = "RECIPIENTS",
            description = {
                "Who can read the files there: age1… recipients with commas between them, or a file of them; none sends them as",
                "they are. By default encrypt-to of the job, or that of all jobs."
            })
    private String encryptTo;

    private Optional<AgeRecipients> recipients = Optional.empty();

    @Override
    public Integer call() throws Exception {
        RemotePlace to = PathArguments.remote(remote);
        if (encryptTo != null && !encryptTo.strip().equals(NONE)) {
            recipients = Optional.of(recipients());
        }
        return run("put", to, (trees, jobs, options) -> trees.put(local(local), to.path(), jobs, recipients, options));
    }

    private AgeRecipients recipients() {
        try {
            return AgeRecipients.read(
                    AgeRecipients.isKey(encryptTo)
                            ? encryptTo
                            : local(encryptTo.strip()).toString());
        } catch (IllegalArgumentException e) {
            throw new CommandException("--encrypt-to: " + e.getMessage());
        }
    }

    @Override
    void chosen(List<Job> claims) {
        if (encryptTo != null) {
            return;
        }
        List<Optional<AgeRecipients>> all = claims.stream()
                .map(job -> job.encryption().map(Encryption::recipients))
                .distinct()
                .toList();
        if (all.size() > 1) {
            throw new CommandException(
                    "put: encrypt for whom? The jobs %s have different encrypt-to: name one with --job, or say --encrypt-to"
                            .formatted(claims.stream().map(Job::name).collect(Collectors.joining(", "))));
        }
        recipients = all.get(0);
    }
}
