package dev.offsite.command;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateFolder;
import dev.offsite.source.Readiness.Window;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Since when the command before a job's run runs, and when such commands failed, in a small file in the state folder ({@code
 * db.command} for job db). While a command runs, the time of the file says until when it is known to have run.
 */
final class CommandLog {

    private static final String RUNNING = "running";
    private static final String FAILED = "failed";

    /** Between two beats of a command, and the time to end it. */
    private static final Duration UNSEEN = Duration.ofSeconds(30);

    /** A process number is used again; its time of start is known to a hundredth of a second. */
    private static final Duration START = Duration.ofSeconds(5);

    /** A command that outlives a killed run by more than it needs to end is an error. */
    private static final Duration ENDING = Duration.ofSeconds(15);

    private final StateFile file;
    private final Path path;
    private long process;

    CommandLog(String state, String job) {
        StateFolder folder = new StateFolder(state);
        file = StateFile.of(folder, job, "command");
        path = folder.path().resolve(file.name());
    }

    /** When commands failed; one that was running when this process began failed, too. */
    List<Window> failed() {
        List<Window> failed = new ArrayList<>();
        for (String line : file.read().orElse(List.of())) {
            String[] words = line.split(" ", -1);
            try {
                Instant begin = Instant.parse(words[1]);
                failed.add(new Window(begin, words[0].equals(FAILED) ? Instant.parse(words[2]) : beat(begin)));
            } catch (DateTimeException | ArrayIndexOutOfBoundsException e) {
                throw StateException.damaged(path, "it has no times of commands", e);
            }
        }
        return failed;
    }

    private Instant beat(Instant begin) {
        try {
            Instant beat = Files.getLastModifiedTime(path).toInstant();
            Instant now = Instant.now();
            Instant end = beat.plus(UNSEEN);
            return beat.isBefore(begin) ? begin : end.isAfter(now) ? now : end;
        } catch (IOException e) {
            throw StateException.unreadable(path, e);
        }
    }

    /** Waits for the end of a command whose run was killed: it ends a few seconds after that. */
    void awaitLast() throws IOException {
        Optional<String> last = file.read().orElse(List.of()).stream()
                .filter(line -> line.matches(RUNNING + " \\S+ [0-9]+"))
                .findFirst();
        if (last.isEmpty()) {
            return;
        }
        String[] words = last.get().split(" ", -1);
        Instant begin = Instant.parse(words[1]);
        Optional<ProcessHandle> left = ProcessHandle.of(Long.parseLong(words[2]))
                .filter(one -> one.info()
                        .startInstant()
                        .filter(start -> Duration.between(begin, start).abs().compareTo(START) < 0)
                        .isPresent());
        if (left.isPresent()) {
            await(left.get());
        }
    }

    private static void await(ProcessHandle process) throws IOException {
        try {
            process.onExit().get(ENDING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(
                    "that of a run that was killed still runs; end process %d".formatted(process.pid()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a command ended");
        }
    }

    void running(List<Window> failed, Instant begin) {
        write(Stream.concat(lines(failed), Stream.of(RUNNING + " " + begin)).toList());
    }

    void ended(List<Window> failed) {
        write(lines(failed).toList());
    }

    /** {@code process}: see {@link ShellCommand#run} */
    void beat(List<Window> failed, Instant begin, long process) {
        if (process != this.process) {
            this.process = process;
            write(Stream.concat(lines(failed), Stream.of("%s %s %d".formatted(RUNNING, begin, process)))
                    .toList());
            return;
        }
        try {
            Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
        } catch (IOException e) {
            throw StateException.unwritable(path, e);
        }
    }

    private static Stream<String> lines(List<Window> failed) {
        return failed.stream().map(one -> "%s %s %s".formatted(FAILED, one.begin(), one.end()));
    }

    private void write(List<String> lines) {
        file.write(lines);
    }
}
