package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.io.Parallel;
import dev.offsite.job.Job;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;

/**
 * The hashes that a server's command returned.
 *
 * @param found hash by path; a missing path is not verified
 * @param cut why a command did not finish; empty if all did
 */
public record RemoteHasher(Map<String, String> found, Optional<ExecException> cut) {

    static final RemoteHasher EMPTY = new RemoteHasher(Map.of(), Optional.empty());

    /** For fewer bytes a second login takes longer than hashing them in sequence. */
    private static final long BYTES_OF_A_LANE = 64L << 20;

    private static final Duration LEAST = Duration.ofMinutes(1);
    /** A command that hashes more slowly than this is treated as hanging. */
    private static final long BYTES_PER_SECOND = 4L << 20;

    private static final String CHECK_FILE = "check-file";

    private record Batch(HashMethod method, List<String> names) {}

    /** Hashes files with a few commands at a time, each by the first of {@code methods} that can handle its name. */
    static RemoteHasher of(
            TargetConnection connection,
            CommandRunner server,
            List<HashMethod> methods,
            Job job,
            Collection<ExpectedFile> files)
            throws IOException {
        Map<String, ExpectedFile> byName = new LinkedHashMap<>();
        files.forEach(file -> byName.put(job.target().hashing().sshPath().ofCommand(file.path()), file));
        Map<String, String> found = new ConcurrentHashMap<>();
        AtomicReference<ExecException> cut = new AtomicReference<>();
        List<Batch> batches = batches(methods, byName.keySet()).stream()
                .flatMap(batch -> halves(batch, byName).stream())
                .toList();
        long bytes = files.stream().mapToLong(ExpectedFile::size).sum();
        int lanes = (int) Math.min(Math.min(batches.size(), job.parallel()), 1 + bytes / BYTES_OF_A_LANE);
        Parallel.forEach(connection.activity(), lanes, batches, batch -> {
            if (cut.get() == null || !cut.get().hung()) {
                try {
                    (batch.method().overSftp() ? checkFiles(connection, batch, byName) : hash(server, batch, byName))
                            .forEach((name, hash) -> found.put(byName.get(name).path(), hash));
                } catch (ExecException e) {
                    cut.accumulateAndGet(e, (before, now) -> before != null && before.hung() ? before : now);
                }
            }
        });
        return new RemoteHasher(Map.copyOf(found), Optional.ofNullable(cut.get()));
    }

    private static List<Batch> batches(List<HashMethod> methods, Collection<String> names) {
        Map<HashMethod, List<String>> byMethod = new LinkedHashMap<>();
        for (String name : names) {
            methods.stream()
                    .filter(method -> method.takes(name))
                    .findFirst()
                    .ifPresent(method -> byMethod.computeIfAbsent(method, w -> new ArrayList<>())
                            .add(name));
        }
        return byMethod.entrySet().stream()
                .flatMap(e -> e.getKey().batches(e.getValue()).stream().map(batch -> new Batch(e.getKey(), batch)))
                .toList();
    }

    /** Splits a large batch into two of similar size, because one command uses only one processor of the server. */
    private static List<Batch> halves(Batch batch, Map<String, ExpectedFile> byName) {
        ToLongFunction<String> size = name -> byName.get(name).size();
        long bytes = batch.names().stream().mapToLong(size).sum();
        if (batch.names().size() < 2 || bytes < BYTES_OF_A_LANE) {
            return List.of(batch);
        }
        List<String> one = new ArrayList<>();
        List<String> other = new ArrayList<>();
        long ahead = 0;
        List<String> largestFirst = batch.names().stream()
                .sorted(Comparator.comparingLong(size).reversed())
                .toList();
        for (String name : largestFirst) {
            (ahead <= 0 ? one : other).add(name);
            ahead += ahead <= 0 ? size.applyAsLong(name) : -size.applyAsLong(name);
        }
        return List.of(new Batch(batch.method(), one), new Batch(batch.method(), other));
    }

    /** How long a command may take to read so many bytes, or to write them to disk. */
    static Duration deadline(long bytes) {
        return LEAST.plusSeconds(bytes / BYTES_PER_SECOND);
    }

    private static Map<String, String> checkFiles(
            TargetConnection connection, Batch batch, Map<String, ExpectedFile> byName)
            throws ExecException, IOException {
        Map<String, String> names = new HashMap<>();
        batch.names().forEach(name -> names.put(byName.get(name).path(), name));
        long bytes = batch.names().stream()
                .mapToLong(name -> byName.get(name).size())
                .sum();
        Duration deadline = deadline(bytes);
        connection.activity().expect(deadline);
        Map<String, String> found = new HashMap<>();
        long start = System.nanoTime();
        try {
            connection
                    .sessions()
                    .call(remote -> remote.checkFiles(names.keySet(), deadline))
                    .forEach((path, hash) -> found.put(names.get(path), hash));
        } catch (SshException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (System.nanoTime() - start >= deadline.toNanos()) {
                throw ExecException.hung(CHECK_FILE, deadline, e);
            }
            throw new ExecException(
                    "the connection was lost while %s ran on the server".formatted(CHECK_FILE), false, e);
        }
        return found;
    }

    private static Map<String, String> hash(CommandRunner server, Batch batch, Map<String, ExpectedFile> byName)
            throws ExecException {
        HashCommand command = batch.method().command();
        long bytes = batch.names().stream()
                .mapToLong(name -> byName.get(name).size())
                .sum();
        ExecResult answer = server.run(command.command(batch.names()), deadline(bytes));
        int status = answer.status()
                .orElseThrow(() -> new ExecException(
                        "the connection was lost while %s ran on the server".formatted(command.program()),
                        false,
                        null));
        return command.counts(status) ? command.parse(answer.stdout(), batch.names()) : Map.of();
    }
}
