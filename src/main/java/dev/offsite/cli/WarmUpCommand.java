package dev.offsite.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code offsite --warm-up}: runs everything once, so that bin/offsite can archive the classes that a run loads and, if
 * Java can, which methods run often. The server is a separate process, since its classes would slow each start.
 */
@Command(hidden = true)
public final class WarmUpCommand implements Callable<Integer> {

    /** For how often methods run, which only Java 25 and newer archive. */
    private static final int MANY = 1500;

    /** For all classes. */
    private static final int SOME = 100;

    private static final int ARCHIVES_METHODS = 25;

    @Override
    public Integer call() throws Exception {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Offsite.lineFor(new Offsite(), "--help").usage(nowhere);
        int files = Runtime.version().feature() >= ARCHIVES_METHODS ? MANY : SOME;
        return new DemoCommand(nowhere, files, WarmUpCommand::more).run(DemoServer::apart);
    }

    private static void more(Path configuration) {
        // Most runs have nothing to ship.
        Offsite.run(configuration.getParent(), "-c", configuration.toString(), "ship");
        // A monitoring agent asks every few minutes, and the service reads the same when it starts.
        Offsite.run(configuration.getParent(), "-c", configuration.toString(), "status");
        // On the day of a restore, nobody likes to wait.
        Offsite.run(configuration.getParent(), "-c", configuration.toString(), "restore", "db", "--to", "restored");
    }
}
