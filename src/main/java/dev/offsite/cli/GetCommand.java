package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.transfer.TransferPlanner;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offsite get}: downloads a file or a folder. */
@Command(description = "Fetches one file or a whole tree from the server, and verifies every file that came.")
public final class GetCommand extends TransferOptions {

    @Parameters(
            index = "0",
            paramLabel = "REMOTE",
            description = {
                "The file or folder there: user@host:/path or sftp://user@host:port/path; or /path on the server",
                "that the configuration or SSH_HOST names."
            })
    private String remote;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "LOCAL",
            description = {
                "Where it goes; by default its own name, in the current folder. A file goes into a folder that is there, or that ends in a slash; else this is its",
                "new name. A folder is never put into another: LOCAL becomes what REMOTE is."
            })
    private String local;

    @Mixin
    private IdentityOptions identity;

    @Override
    public Integer call() throws Exception {
        RemotePlace from = PathArguments.remote(remote);
        Optional<AgeIdentities> identities = identity.read(offsite);
        String to = local == null ? from.path().name() : local;
        if (to.isEmpty()) {
            throw new CommandException("get: where to? %s has no name of its own: name a folder".formatted(remote));
        }
        TransferPlanner.Local where = new TransferPlanner.Local(local(to), to.endsWith("/"), local != null);
        return run("get", from, (trees, jobs, options) -> trees.get(from.path(), where, identities, options));
    }
}
