package dev.offsite.cli;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code offsite --warm-up-server FOLDER}: the server of {@link WarmUpCommand}, until its input ends. */
@Command(name = WarmUpServerCommand.NAME, hidden = true)
public final class WarmUpServerCommand implements Callable<Integer> {

    static final String NAME = "--warm-up-server";

    @Parameters(paramLabel = "FOLDER", description = "Where it keeps its files.")
    private Path folder;

    @Override
    public Integer call() throws Exception {
        try (DemoServer server = DemoServer.here(folder)) {
            Stream.of(server.host(), server.port(), server.user(), server.key(), server.knownHosts(), server.files())
                    .forEach(System.out::println);
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        return ExitCode.OK;
    }
}
