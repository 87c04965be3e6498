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
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.ssh.SshConstants;
import org.apache.camel.support.DefaultExchange;

/** Has one server run commands through camel-ssh, in the route {@code offsite-hash}: over a connection of its own each. */
public final class RemoteCommand implements Commands {

    /** Header that tells the route which camel-ssh endpoint to use. */
    public static final String ENDPOINT = "OffsiteSsh";

    private static final String ROUTE = "direct:offsite-hash";

    private final CamelContext context;
    private final String endpoint;
    private final SshClients clients;

    /**
     * @param endpoint URI of the camel-ssh endpoint
     * @param clients its clients; what they run is cut when a deadline has passed
     */
    public RemoteCommand(CamelContext context, String endpoint, SshClients clients) {
        this.context = context;
        this.endpoint = endpoint;
        this.clients = clients;
    }

    @Override
    public Answer run(String command, Duration deadline) throws HashCutException {
        try (ProducerTemplate producer = context.createProducerTemplate()) {
            return run(producer, command, deadline);
        } catch (IOException e) {
            throw HashCutException.notRun(command, e);
        }
    }

    private Answer run(ProducerTemplate producer, String command, Duration deadline) throws HashCutException {
        Exchange request = new DefaultExchange(context);
        request.getMessage().setBody(command);
        request.getMessage().setHeader(ENDPOINT, endpoint);
        CompletableFuture<Exchange> answer = producer.asyncSend(ROUTE, request);
        try {
            return read(answer.get(deadline.toSeconds(), TimeUnit.SECONDS), command);
        } catch (TimeoutException e) {
            clients.cut();
            throw HashCutException.hung(command, deadline, e);
        } catch (InterruptedException e) {
            clients.cut();
            Thread.currentThread().interrupt();
            throw HashCutException.interrupted(command, e);
        } catch (ExecutionException e) {
            throw HashCutException.notRun(command, e.getCause());
        }
    }

    private static Answer read(Exchange answer, String command) throws HashCutException {
        if (answer.getException() != null) {
            throw HashCutException.notRun(command, answer.getException());
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
