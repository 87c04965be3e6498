package dev.offsite.cli;

import dev.offsite.sftp.RemotePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code offsite get}: downloads a file or a folder. */
@Command(description = "Fetches one file or a whole tree from the server, and verifies every file that came.")
public final class GetCommand extends TransferOptions {

    @Parameters(index = "0", paramLabel = "REMOTE", description = "The file or folder there: /path or sftp:/path.")
    private String remote;

    @Parameters(
            index = "1",
            paramLabel = "LOCAL",
            description = {
                "Where it goes. A file goes into a folder that is there, or that ends in a slash; else this is its",
                "new name. A folder is never put into another: LOCAL becomes what REMOTE is."
            })
    private String local;

    @Override
    public Integer call() throws Exception {
        RemotePath from = PathArguments.remote(remote);
        return run("get", (trees, jobs, options) -> trees.get(from, local(local), local.endsWith("/"), options));
    }
}
