package dev.offsite.cli;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code offsite --warm-up-server FOLDER}: the server of {@link WarmUpCommand}, until its input ends. */
@Command(hidden = true)
public final class WarmUpServerCommand implements Callable<Integer> {

    static final String NAME = "--warm-up-server";

    @Parameters(paramLabel = "FOLDER", description = "Where it keeps its files.")
    private Path folder;

    @Override
    public Integer call() throws Exception {
        try (DemoServer server = DemoServer.here(folder)) {
            System.out.println(server.address());
            System.out.println(server.files());
            server.settings().forEach(System.out::println);
            System.out.println();
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        return ExitCode.OK;
    }
}
