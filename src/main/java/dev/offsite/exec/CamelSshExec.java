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
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Header;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.ssh.SshConstants;

/** Runs commands through camel-ssh, in the route {@code offsite-exec}, each over its own connection. */
public final class CamelSshExec implements CommandRunner {

    /** Header that tells the route which camel-ssh endpoint to use. */
    public static final String ENDPOINT = "CamelOffsiteSsh";

    private static final String ROUTE = "direct:offsite-exec";

    private final CamelContext context;
    private final String endpoint;
    private final StrictSshClientBuilder clients;

    /** {@code clients} build the endpoint's clients, and cut their commands after a deadline. */
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
        CompletableFuture<ExecResult> answer =
                producer.asyncRequestBodyAndHeader(ROUTE, command, ENDPOINT, endpoint, ExecResult.class);
        try {
            ExecResult result = answer.get(deadline.toSeconds(), TimeUnit.SECONDS);
            // One that was not cut has a status, whatever became of another.
            if (result.status().isEmpty() && clients.printedTooMuch()) {
                throw ExecException.tooLong(command, ExecChannel.MOST_OUTPUT);
            }
            return result;
        } catch (TimeoutException e) {
            clients.cut();
            throw ExecException.hung(command, deadline, e);
        } catch (InterruptedException e) {
            clients.cut();
            Thread.currentThread().interrupt();
            throw ExecException.interrupted(command, e);
        } catch (ExecutionException e) {
            boolean wrapped = e.getCause() instanceof CamelExecutionException camel && camel.getCause() != null;
            throw ExecException.notRun(command, wrapped ? e.getCause().getCause() : e.getCause());
        }
    }

    /** Last step of the route: turns camel-ssh's answer into a result. */
    public static ExecResult result(
            @Header(SshConstants.EXIT_VALUE) Integer status,
            @Body String stdout,
            @Header(SshConstants.STDERR) InputStream stderr)
            throws IOException {
        return new ExecResult(
                Optional.ofNullable(status),
                stdout == null ? "" : stdout,
                stderr == null ? "" : new String(stderr.readAllBytes(), StandardCharsets.UTF_8));
    }
}
