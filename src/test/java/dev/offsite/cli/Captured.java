package dev.offsite.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What the command says and how it ends.
 *
 * @param exitCode of the process, had it been one
 */
record Captured(int exitCode, String out, String err) {

    /** Runs it in this JVM. */
    static Captured run(String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var said = new ByteArrayOutputStream();
        var complained = new ByteArrayOutputStream();
        try (var newOut = new PrintStream(said, true, StandardCharsets.UTF_8);
                var newErr = new PrintStream(complained, true, StandardCharsets.UTF_8)) {
            System.setOut(newOut);
            System.setErr(newErr);
            int exitCode = Offsite.run(args);
            return new Captured(
                    exitCode, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
