package dev.offsite.command;

import dev.offsite.tree.RemotePath;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code offsite get}: one file or a whole tree from the server. */
@Command(
        name = "get",
        description = "Fetches one file or a whole tree from the server, and proves every file that came.",
        mixinStandardHelpOptions = true)
final class GetCommand extends Transfers implements Callable<Integer> {

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
        RemotePath from = Paths.remote(remote);
        return run("get", (trees, jobs, options) -> trees.get(from, Paths.local(local), local.endsWith("/"), options));
    }
}
