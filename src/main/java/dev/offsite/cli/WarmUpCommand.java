package dev.offsite.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code offsite --warm-up}: goes the whole way once, for bin/offsite to archive the classes that a run loads, and where
 * Java can, which of their methods ran often. The server is another process: its classes would slow each start.
 */
@Command(name = "--warm-up", hidden = true)
public final class WarmUpCommand implements Callable<Integer> {

    private static final int FILES = 1500;

    @Override
    public Integer call() throws Exception {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Offsite.line(new Offsite()).usage(nowhere);
        return new Demo(nowhere, Clock.system(ZoneId.systemDefault()), FILES).run(DemoServer::apart);
    }
}
