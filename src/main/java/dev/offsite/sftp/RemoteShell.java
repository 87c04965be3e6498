package dev.offsite.sftp;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.exec.ShellQuoting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the server run one plain command, where it lets us: many servers do not, so that whoever asks must have another way.
 * What comes back is the server's word and no more.
 */
public final class RemoteShell {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteShell.class);
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private final TargetConnection connection;

    public RemoteShell(TargetConnection connection) {
        this.connection = connection;
    }

    /** Whether one has run there, so that another costs next to nothing. */
    public boolean hasRun() {
        return connection.commands().haveRun();
    }

    /** What it printed, where it ended well by itself; else empty. */
    public Optional<String> run(String command) {
        return ask(command).filter(ExecResult::isOk).map(ExecResult::stdout);
    }

    /** How it ended; empty where it did not end by itself, or no command runs. */
    public Optional<ExecResult> ask(String command) {
        try {
            ExecResult answer = connection.commands().run(command, DEADLINE);
            LOG.debug("the command ended with {}", answer.status());
            return answer.status().isPresent() ? Optional.of(answer) : Optional.empty();
        } catch (ExecException e) {
            LOG.debug("no command runs on {}", connection.target(), e);
            return Optional.empty();
        }
    }

    /** The path over SFTP as a word of a command: mapped, and quoted for a POSIX shell. */
    public String path(String path) {
        return ShellQuoting.quote(connection.target().sshPath().ofCommand(path));
    }

    /** Paths over SFTP as words, in as many groups as it takes for each to fit into one command. */
    public List<String> paths(List<String> paths) {
        List<String> groups = new ArrayList<>();
        StringBuilder group = new StringBuilder();
        for (String path : paths) {
            String word = " " + path(path);
            if (!group.isEmpty() && group.length() + word.length() > CommandRunner.MAX_COMMAND_BYTES / 2) {
                groups.add(group.toString());
                group.setLength(0);
            }
            group.append(word);
        }
        if (!group.isEmpty()) {
            groups.add(group.toString());
        }
        return groups;
    }
}
