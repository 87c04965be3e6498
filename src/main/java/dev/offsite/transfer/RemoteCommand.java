package dev.offsite.transfer;

import dev.offsite.proof.RemoteHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.ssh.SshConstants;
import org.apache.camel.support.DefaultExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the server run one plain command, where it lets us: many servers do not, so that whoever asks must have another way.
 * What comes back is the server's word and no more.
 */
final class RemoteCommand {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteCommand.class);
    private static final String ROUTE = "direct:offsite-hash";
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    /** As much as a shell takes as one argument, with some to spare. */
    private static final int LONGEST = 96 * 1024;

    private final CamelContext context;
    private final Connection connection;

    RemoteCommand(CamelContext context, Connection connection) {
        this.context = context;
        this.connection = connection;
    }

    /**
     * How a command ended that ended by itself.
     *
     * @param status its exit status
     * @param out what it printed
     */
    record Answer(int status, String out) {}

    /** What it printed, where it ended well by itself; else empty. */
    Optional<String> run(String command) {
        return ask(command).filter(answer -> answer.status() == 0).map(Answer::out);
    }

    /** How it ended; empty where it did not end by itself, or no command runs. */
    Optional<Answer> ask(String command) {
        Exchange request = new DefaultExchange(context);
        request.getMessage().setBody(command);
        request.getMessage().setHeader(RemoteHash.ENDPOINT, connection.ssh());
        try (ProducerTemplate producer = context.createProducerTemplate()) {
            CompletableFuture<Exchange> answer = producer.asyncSend(ROUTE, request);
            return read(answer.get(DEADLINE.toSeconds(), TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            connection.clients().cut();
        } catch (InterruptedException e) {
            connection.clients().cut();
            Thread.currentThread().interrupt();
        } catch (ExecutionException | java.io.IOException | RuntimeException e) {
            LOG.debug("no command runs on {}", connection.target(), e);
        }
        return Optional.empty();
    }

    private static Optional<Answer> read(Exchange answer) {
        Integer status = answer.getMessage().getHeader(SshConstants.EXIT_VALUE, Integer.class);
        LOG.debug("the command ended with {}", status, answer.getException());
        return answer.getException() != null || status == null
                ? Optional.empty()
                : Optional.of(new Answer(status, answer.getMessage().getBody(String.class)));
    }

    /** The path over SFTP as a word of a command: mapped, and quoted for a POSIX shell. */
    String path(String path) {
        return quote(connection.target().sshPath().ofCommand(path));
    }

    /** One word for a POSIX shell. */
    static String quote(String word) {
        if (word.isEmpty() || word.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a word is empty or contains NUL");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Paths over SFTP as words, in as many groups as it takes for each to fit into one command. */
    List<String> paths(List<String> paths) {
        List<String> groups = new ArrayList<>();
        StringBuilder group = new StringBuilder();
        for (String path : paths) {
            String word = " " + path(path);
            if (!group.isEmpty() && group.length() + word.length() > LONGEST / 2) {
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
