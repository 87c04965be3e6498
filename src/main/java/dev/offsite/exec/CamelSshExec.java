package dev.offsite.exec;

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

/** Has one server run commands through camel-ssh; over a connection of its own each. */
public final class CamelSshExec implements CommandRunner {

    private final CamelContext context;
    private final String endpoint;
    private final StrictSshClientBuilder clients;

    /**
     * @param endpoint URI of the camel-ssh endpoint
     * @param clients its clients; what they run is cut when a deadline has passed
     */
    public CamelSshExec(CamelContext context, String endpoint, StrictSshClientBuilder clients) {
        this.context = context;
        this.endpoint = endpoint;
        this.clients = clients;
    }

    @Override
    public ExecResult run(String command, Duration deadline) throws ExecException {
        try (ProducerTemplate producer = context.createProducerTemplate()) {
            return run(producer, command, deadline);
        } catch (IOException e) {
            throw ExecException.notRun(command, e);
        }
    }

    private ExecResult run(ProducerTemplate producer, String command, Duration deadline) throws ExecException {
        Exchange request = new DefaultExchange(context);
        request.getMessage().setBody(command);
        CompletableFuture<Exchange> answer = producer.asyncSend(endpoint, request);
        try {
            return read(answer.get(deadline.toSeconds(), TimeUnit.SECONDS), command);
        } catch (TimeoutException e) {
            clients.cut();
            throw ExecException.hung(command, deadline, e);
        } catch (InterruptedException e) {
            clients.cut();
            Thread.currentThread().interrupt();
            throw ExecException.interrupted(command, e);
        } catch (ExecutionException e) {
            throw ExecException.notRun(command, e.getCause());
        }
    }

    private static ExecResult read(Exchange answer, String command) throws ExecException {
        if (answer.getException() != null) {
            throw ExecException.notRun(command, answer.getException());
        }
        return new ExecResult(
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
