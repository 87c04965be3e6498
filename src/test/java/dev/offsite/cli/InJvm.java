package dev.offsite.cli;

import dev.offsite.support.TestSite.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the command in this JVM, which takes a tenth of the time that a process takes. */
public final class InJvm {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private InJvm() {}

    /** Runs it in the working directory of this JVM. */
    static Result run(String... args) {
        return run(Path.of(""), PATIENCE, args);
    }

    /**
     * Runs it as if it had been started in that folder.
     *
     * @param patience how soon it must end
     */
    public static Result run(Path here, Duration patience, String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var printed = new ByteArrayOutputStream();
        var complained = new ByteArrayOutputStream();
        try (var newOut = new PrintStream(printed, true, StandardCharsets.UTF_8);
                var newErr = new PrintStream(complained, true, StandardCharsets.UTF_8)) {
            System.setOut(newOut);
            System.setErr(newErr);
            FutureTask<Integer> command = new FutureTask<>(() -> Offsite.run(here, args));
            Thread thread = new Thread(command, "offsite");
            thread.start();
            int exit = await(thread, command, patience);
            return new Result(
                    exit, printed.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static int await(Thread thread, FutureTask<Integer> command, Duration patience) {
        try {
            return command.get(patience.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            AssertionError hangs = new AssertionError("the command did not end in time; it is here:", late);
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
