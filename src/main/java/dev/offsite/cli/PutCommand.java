package dev.offsite.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code offsite put}: uploads a file or a folder. */
@Command(description = "Carries one file or a whole tree to the server, and verifies every file there.")
public final class PutCommand extends TransferOptions {

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

    @Override
    public Integer call() throws Exception {
        RemotePlace to = PathArguments.remote(remote);
        return run("put", to, (trees, jobs, options) -> trees.put(local(local), to.path(), jobs, options));
    }
}
