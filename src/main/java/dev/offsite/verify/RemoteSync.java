package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a server write to its disk what was sent, so that a power cut there loses no copy that counts as shipped: by the
 * command {@code sync FILE…} where the login for uploads runs commands, else by {@code fsync@openssh.com}.
 */
public final class RemoteSync {

    /** How a server can be told to write files to its disk. */
    public enum Method {
        COMMAND,
        FSYNC,
        NONE
    }

    private static final Logger LOG = LoggerFactory.getLogger(RemoteSync.class);
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String COMMAND = "sync";

    /** Files that are worth a command for the whole file system before their own. */
    private static final int MANY = 32;

    /** A disk that takes that long for them one by one is worth it. Memory and many flash disks never do. */
    private static final Duration LONG = Duration.ofMillis(150);

    private static final Duration SLOW = Duration.ofSeconds(2);

    private final StateStore state;
    private final Map<Target, Method> methods = new ConcurrentHashMap<>();
    /** Where many files took long one by one. */
    private final Set<Target> takingLong = ConcurrentHashMap.newKeySet();
    /** Where others have much to write, or the command does not know file systems. */
    private final Set<Target> slow = ConcurrentHashMap.newKeySet();

    /** {@code state}: the folder that remembers what works; null to forget it */
    public RemoteSync(StateStore state) {
        this.state = state;
    }

    /**
     * The method that works on the target. It is remembered in the state; if there is none, the next process looks again.
     *
     * @param folder an existing folder there
     * @param commands whether the login for uploads may be able to run commands
     */
    public Method method(TargetConnection connection, String folder, boolean commands) throws IOException {
        Method method = methods.get(connection.target());
        if (method == null) {
            Optional<Method> remembered = remembered(connection.target());
            method = remembered.isPresent() ? remembered.get() : tried(connection, folder, commands);
            if (remembered.isPresent()) {
                methods.put(connection.target(), method);
            } else {
                found(connection.target(), method);
            }
        }
        return method;
    }

    /** Finds out early whether the command works, over a connection that may be in use. Says nothing if it does not. */
    void prepare(TargetConnection connection, String folder) {
        Target target = connection.target();
        Optional<Method> remembered = remembered(target);
        if (remembered.isPresent()) {
            methods.putIfAbsent(target, remembered.get());
        } else if (!methods.containsKey(target)
                && works(connection.commands()::runBeside, connection.commands()::path, folder)
                && connection.commands().hasRun()) {
            found(target, Method.COMMAND);
        }
    }

    private void found(Target target, Method method) {
        methods.put(target, method);
        if (method != Method.NONE && state != null) {
            memory(target).write(List.of(method.name()));
        }
        LOG.debug("{}: copies are written to its disk by {}", target, method);
    }

    private static Method tried(TargetConnection connection, String folder, boolean commands) throws IOException {
        RemoteExec server = connection.commands();
        boolean command = commands && works(server, server::path, folder);
        if (command && server.hasRun()) {
            return Method.COMMAND;
        }
        if (connection.sessions().call(remote -> remote.syncs())) {
            return Method.FSYNC;
        }
        // Each command costs a login there, but there is no other way.
        return command ? Method.COMMAND : Method.NONE;
    }

    private StateFile memory(Target target) {
        return StateFile.of(state, target.toString(), "sync");
    }

    /** Empty if nothing is, or if it cannot be read. */
    private Optional<Method> remembered(Target target) {
        try {
            return state == null
                    ? Optional.empty()
                    : memory(target)
                            .read()
                            .filter(lines -> !lines.isEmpty())
                            .map(lines -> Method.valueOf(lines.get(0)));
        } catch (StateException | IllegalArgumentException e) {
            LOG.debug("{}: what works is tried again", target, e);
            return Optional.empty();
        }
    }

    /** What was remembered no longer works. */
    private void forget(Target target) {
        methods.remove(target);
        if (state != null) {
            memory(target).write(List.of());
        }
    }

    /**
     * Whether {@code sync FOLDER} works there. One that says nothing of a file that does not exist ignores the names, and
     * on some systems then only begins to write.
     *
     * @param word turns an SFTP path into a word of a command
     */
    private static boolean works(CommandRunner server, UnaryOperator<String> word, String folder) {
        String missing = RemotePath.below(folder, ".offsite-no-such-file");
        try {
            ExecResult known = server.run(COMMAND + " " + word.apply(folder), DEADLINE);
            if (!known.isOk()) {
                return false;
            }
            ExecResult unknown = server.run(COMMAND + " " + word.apply(missing), DEADLINE);
            return unknown.status().filter(status -> status != 0).isPresent();
        } catch (ExecException e) {
            LOG.debug("sync does not work there", e);
            return false;
        }
    }

    /**
     * Writes files and folders to the target's disk.
     *
     * @param files absolute; the last one was renamed last
     * @param folders absolute; those that hold the files, and their parents
     * @param bytes of all files, which bound the wait
     * @return why a file could not be written, by path
     * @throws IOException if the connection broke
     */
    Map<String, Exception> sync(
            TargetConnection connection, Method method, List<String> files, List<String> folders, long bytes)
            throws IOException {
        if (method == Method.COMMAND) {
            boolean many = files.size() >= MANY && bytes > 0;
            if (many && takingLong.contains(connection.target())) {
                syncFileSystem(connection, folders.get(0));
            }
            long before = System.nanoTime();
            if (byCommand(connection, files, folders, bytes)) {
                if (many && System.nanoTime() - before > LONG.toNanos()) {
                    takingLong.add(connection.target());
                }
                return Map.of();
            }
            forget(connection.target());
        }
        Map<String, String> refusals = new HashMap<>();
        if (connection.sessions().call(remote -> remote.syncs())) {
            connection
                    .sessions()
                    .call(remote -> remote.sync(files))
                    .forEach((file, refusal) -> refusals.put(file, refusal.getMessage()));
        } else {
            // The next attempt finds out what the server offers now.
            forget(connection.target());
            files.forEach(file -> refusals.put(file, "what worked before failed"));
        }
        Map<String, Exception> failures = new HashMap<>();
        refusals.forEach((file, said) -> failures.put(
                file,
                new IOException("%s cannot write it to its disk (it says: %s): is the disk full or broken?"
                        .formatted(connection.target(), said))));
        return failures;
    }

    /**
     * Has the target begin to write files, if that is already known to work by a command. It is no promise: a later
     * {@link #sync} has less to wait for.
     */
    void begin(TargetConnection connection, List<String> files, long bytes) {
        if (methods.get(connection.target()) == Method.COMMAND) {
            try {
                boolean begun = byCommand(connection, files, List.of(), bytes);
                LOG.debug("{}: {} files are being written to its disk: {}", connection.target(), files.size(), begun);
            } catch (RuntimeException e) {
                LOG.debug("{}: they are written when they are published", connection.target(), e);
            }
        }
    }

    /**
     * Writes all that waits in memory to the file system, at once: a third of the time that many small files take one by
     * one. It is no proof, since some systems report no failures of it. Others may have much waiting there, so one that was
     * slow is the last.
     */
    private void syncFileSystem(TargetConnection connection, String folder) {
        if (slow.contains(connection.target())) {
            return;
        }
        long before = System.nanoTime();
        boolean ok = false;
        try {
            String path = connection.commands().path(folder);
            ok = connection
                    .commands()
                    .runBeside(COMMAND + " -f " + path, SLOW.multipliedBy(2))
                    .isOk();
        } catch (ExecException e) {
            LOG.debug("{}: the file system cannot be written at once", connection.target(), e);
        }
        if (!ok || System.nanoTime() - before > SLOW.toNanos()) {
            slow.add(connection.target());
        }
    }

    private static boolean byCommand(
            TargetConnection connection, List<String> files, List<String> folders, long bytes) {
        List<String> all = new ArrayList<>(files);
        all.addAll(folders);
        Duration deadline = RemoteHasher.deadline(bytes);
        try {
            for (String group : connection.commands().paths(all)) {
                ExecResult answer = connection.commands().runBeside(COMMAND + group, deadline);
                if (!answer.isOk()) {
                    LOG.debug("{}: sync: {}", connection.target(), answer.said());
                    return false;
                }
            }
            return true;
        } catch (ExecException e) {
            LOG.debug("{}: sync: {}", connection.target(), Text.root(e).getMessage());
            return false;
        }
    }
}
