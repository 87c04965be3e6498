package dev.offsite.command;

import dev.offsite.io.HumanTime;
import dev.offsite.io.Text;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A line for {@code sh}, written by the user. It gets an empty standard input, and ends with all that it started: when it has
 * ended itself, at its deadline, when it is stopped, and when this process is gone, however that ended.
 */
public final class ShellCommand {

    /**
     * Runs the line in a session of its own. The end of standard input, which is a pipe from this process, says that the line
     * must end. What ends gets SIGTERM, and SIGKILL about five seconds later.
     */
    private static final String GUARD =
            """
            line=$1; shift
            group=$(command -v setsid) || group=
            exec 3<&0 4>&2 </dev/null 2>/dev/null
            $group sh -c "$line" "$@" 2>&4 3<&- 4>&- &
            child=$!
            exec 4>&-
            trap '' HUP INT TERM
            all=$child; [ -z "$group" ] || all=-$child
            finish() {
              kill -TERM "$all" || kill -TERM "$child" || return 0
              left=25
              while [ "$left" -gt 0 ] && kill -0 "$all"; do sleep 0.2 || sleep 1; left=$((left - 1)); done
              kill -KILL "$all"
            }
            (read -r end <&3; finish) >/dev/null &
            watch=$!
            exec 3<&-
            wait "$child"
            code=$?
            kill -KILL "$watch"
            finish
            exit "$code"
            """;

    /** More than the guard needs. */
    private static final Duration ENDING = Duration.ofSeconds(15);

    private static final long BEAT_SECONDS = 10;
    private static final int SIGNALS = 128;
    private static final Map<Integer, String> NAMES = Map.of(
            1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 6, "SIGABRT", 9, "SIGKILL", 11, "SIGSEGV", 13, "SIGPIPE", 15,
            "SIGTERM");

    private final ProcessBuilder builder;
    private final Duration deadline;
    private final Consumer<String> said;
    private Process process;
    private boolean stopped;

    /**
     * Starts nothing yet.
     *
     * @param arguments {@code $0}, {@code $1} and so on
     * @param said hears the output, line by line, as far as {@link CommandOutput} shows it
     */
    public ShellCommand(
            String line,
            List<String> arguments,
            Path folder,
            Map<String, String> environment,
            Duration deadline,
            Consumer<String> said) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", GUARD, "offsite-command", line));
        words.addAll(arguments);
        this.builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        this.deadline = deadline;
        this.said = said;
    }

    /**
     * Runs it to its end.
     *
     * @param beat called at its start and every few seconds while it runs, with the number of the process that lives as long as
     *     anything of it
     * @return why it failed, such as {@code exited with 3: no such database}; empty if it exited with 0
     */
    public Optional<String> run(LongConsumer beat) throws IOException {
        synchronized (this) {
            if (stopped) {
                return Optional.of("was not started, since Offsite is being stopped");
            }
            process = builder.start();
        }
        try (CommandOutput output = new CommandOutput(process.getInputStream(), said)) {
            boolean ended = false;
            try {
                ended = await(beat);
            } finally {
                end();
            }
            output.await();
            return problem(ended, output.last());
        }
    }

    /** Ends it, or keeps it from starting; {@link #run} returns soon. */
    public synchronized void stop() {
        stopped = true;
        if (process != null) {
            closeInput();
        }
    }

    /** Whether it ended before its deadline. */
    private boolean await(LongConsumer beat) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            while (true) {
                beat.accept(process.pid());
                long left = Math.min(end - System.nanoTime(), TimeUnit.SECONDS.toNanos(BEAT_SECONDS));
                if (process.waitFor(left, TimeUnit.NANOSECONDS)) {
                    return true;
                }
                if (left <= 0) {
                    return false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a command ran");
        }
    }

    private void end() {
        closeInput();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(ENDING.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // Nobody reads it any more.
            return;
        }
    }

    private synchronized Optional<String> problem(boolean ended, String last) {
        String reason = last.isEmpty() ? "" : ": " + Text.line(last);
        if (stopped) {
            return Optional.of("was ended, since Offsite is being stopped");
        }
        if (!ended) {
            return Optional.of("did not end within %s, and was ended%s".formatted(HumanTime.of(deadline), reason));
        }
        int code = process.exitValue();
        if (code == 0) {
            return Optional.empty();
        }
        int signal = code - SIGNALS;
        String how = signal > 0 && signal <= Integer.SIZE * 2
                ? " (%s)".formatted(NAMES.getOrDefault(signal, "signal " + signal))
                : "";
        return Optional.of("exited with %d%s%s".formatted(code, how, reason));
    }
}
