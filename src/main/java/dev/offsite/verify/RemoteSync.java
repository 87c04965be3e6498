package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.job.Target;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final Map<Target, Method> methods = new ConcurrentHashMap<>();

    /**
     * How the target does it. It is tried once.
     *
     * @param folder an existing folder there
     * @param commands whether the login for uploads may be able to run commands
     */
    public Method method(TargetConnection connection, String folder, boolean commands) throws IOException {
        Method method = methods.get(connection.target());
        if (method == null) {
            RemoteExec server = connection.commands();
            boolean fsync = connection.sessions().call(remote -> remote.syncs());
            boolean command = commands && works(server, server::path, folder);
            // Where each command costs a login, only if there is no other way.
            method = command && (server.hasRun() || !fsync) ? Method.COMMAND : fsync ? Method.FSYNC : Method.NONE;
            methods.put(connection.target(), method);
            LOG.debug("{}: copies are written to its disk by {}", connection.target(), method);
        }
        return method;
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
        if (method == Method.COMMAND && byCommand(connection, files, folders, bytes)) {
            return Map.of();
        }
        Map<String, String> refusals = new HashMap<>();
        if (connection.sessions().call(remote -> remote.syncs())) {
            connection
                    .sessions()
                    .call(remote -> remote.sync(files))
                    .forEach((file, refusal) -> refusals.put(file, refusal.getMessage()));
        } else {
            files.forEach(file -> refusals.put(file, COMMAND + " failed"));
        }
        Map<String, Exception> failures = new HashMap<>();
        refusals.forEach((file, said) -> failures.put(
                file,
                new IOException("%s cannot write it to its disk (it says: %s): is the disk full or broken?"
                        .formatted(connection.target(), said))));
        return failures;
    }

    private static boolean byCommand(
            TargetConnection connection, List<String> files, List<String> folders, long bytes) {
        List<String> all = new ArrayList<>(files);
        all.addAll(folders);
        Duration deadline = RemoteHasher.deadline(bytes);
        try {
            for (String group : connection.commands().paths(all)) {
                ExecResult answer = connection.commands().run(COMMAND + group, deadline);
                if (!answer.isOk()) {
                    LOG.debug("{}: sync: {}", connection.target(), answer.said());
                    return false;
                }
            }
            return true;
        } catch (ExecException e) {
            LOG.debug(
                    "{}: sync: {}", connection.target(), FailureMessages.root(e).getMessage());
            return false;
        }
    }
}
