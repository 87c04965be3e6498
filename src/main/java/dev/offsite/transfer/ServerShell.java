package dev.offsite.transfer;

import dev.offsite.proof.Answer;
import dev.offsite.proof.HashCommand;
import dev.offsite.proof.HashCutException;
import dev.offsite.proof.Shell;
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
final class ServerShell {

    private static final Logger LOG = LoggerFactory.getLogger(ServerShell.class);
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private final Connection connection;

    ServerShell(Connection connection) {
        this.connection = connection;
    }

    /** Whether one has run there, so that another costs next to nothing. */
    boolean hasRun() {
        return connection.commands().haveRun();
    }

    /** What it printed, where it ended well by itself; else empty. */
    Optional<String> run(String command) {
        return ask(command).filter(Answer::isOk).map(Answer::stdout);
    }

    /** How it ended; empty where it did not end by itself, or no command runs. */
    Optional<Answer> ask(String command) {
        try {
            Answer answer = connection.commands().run(command, DEADLINE);
            LOG.debug("the command ended with {}", answer.status());
            return answer.status().isPresent() ? Optional.of(answer) : Optional.empty();
        } catch (HashCutException e) {
            LOG.debug("no command runs on {}", connection.target(), e);
            return Optional.empty();
        }
    }

    /** The path over SFTP as a word of a command: mapped, and quoted for a POSIX shell. */
    String path(String path) {
        return Shell.quote(connection.target().sshPath().ofCommand(path));
    }

    /** Paths over SFTP as words, in as many groups as it takes for each to fit into one command. */
    List<String> paths(List<String> paths) {
        List<String> groups = new ArrayList<>();
        StringBuilder group = new StringBuilder();
        for (String path : paths) {
            String word = " " + path(path);
            if (!group.isEmpty() && group.length() + word.length() > HashCommand.MAX_COMMAND_BYTES / 2) {
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
