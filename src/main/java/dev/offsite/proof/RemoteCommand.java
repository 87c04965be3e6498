package dev.offsite.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.ssh.SshConstants;
import org.apache.camel.support.DefaultExchange;

/** Has one server run commands, through the route {@code offsite-hash}. */
public final class RemoteCommand implements Commands {

    /** Header that tells the route which camel-ssh endpoint to use. */
    public static final String ENDPOINT = "OffsiteSsh";

    private static final String ROUTE = "direct:offsite-hash";

    private final ProducerTemplate producer;
    private final String endpoint;
    private final SshClients clients;

    /**
     * @param endpoint URI of the camel-ssh endpoint
     * @param clients its clients; what they run is cut when a deadline has passed
     */
    public RemoteCommand(ProducerTemplate producer, String endpoint, SshClients clients) {
        this.producer = producer;
        this.endpoint = endpoint;
        this.clients = clients;
    }

    @Override
    public Answer run(String command, Duration deadline) throws HashCutException {
        try {
            return once(command, deadline);
        } catch (HashCutException e) {
            if (hadAnAnswer(e)) {
                throw e;
            }
            return once(command, deadline);
        }
    }

    /** camel-ssh stumbles over its own missing result where a shared connection ends in the very moment. */
    private static boolean hadAnAnswer(HashCutException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof NullPointerException) {
                return false;
            }
        }
        return true;
    }

    private Answer once(String command, Duration deadline) throws HashCutException {
        Exchange request = new DefaultExchange(producer.getCamelContext());
        request.getMessage().setBody(command);
        request.getMessage().setHeader(ENDPOINT, endpoint);
        CompletableFuture<Exchange> answer = producer.asyncSend(ROUTE, request);
        String program = command.substring(0, (command + " ").indexOf(' '));
        try {
            return read(answer.get(deadline.toSeconds(), TimeUnit.SECONDS), program);
        } catch (TimeoutException e) {
            clients.cut();
            throw new HashCutException(
                    "%s on the server did not end within %s"
                            .formatted(
                                    program,
                                    deadline.toMinutes() > 1
                                            ? deadline.toMinutes() + " minutes"
                                            : deadline.toSeconds() + " s"),
                    true,
                    e);
        } catch (InterruptedException e) {
            clients.cut();
            Thread.currentThread().interrupt();
            throw new HashCutException("interrupted while %s ran on the server".formatted(program), false, e);
        } catch (ExecutionException e) {
            throw new HashCutException("cannot run %s on the server".formatted(program), false, e.getCause());
        }
    }

    private static Answer read(Exchange answer, String program) throws HashCutException {
        if (answer.getException() != null) {
            throw new HashCutException("cannot run %s on the server".formatted(program), false, answer.getException());
        }
        return new Answer(
                Optional.ofNullable(answer.getMessage().getHeader(SshConstants.EXIT_VALUE, Integer.class)),
                Optional.ofNullable(answer.getMessage().getBody(String.class)).orElse(""),
                text(answer.getMessage().getHeader(SshConstants.STDERR, InputStream.class)));
    }

    private static String text(InputStream stderr) {
        try {
            return stderr == null ? "" : new String(stderr.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
