package dev.offsite.proof;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.ssh.SshConstants;
import org.apache.camel.support.DefaultExchange;

/** Has the server hash files, through the route {@code offsite-hash}. */
public final class RemoteHash {

    /** Header that tells the route which camel-ssh endpoint to use. */
    public static final String ENDPOINT = "OffsiteSsh";

    private static final String ROUTE = "direct:offsite-hash";
    private static final Duration LEAST = Duration.ofMinutes(5);
    /** A disk slower than this is taken for a hanging command. */
    private static final long BYTES_PER_SECOND = 4L << 20;

    /** What a POSIX shell exits with when there is no such command, or none that it may run. */
    private static final int NOT_FOUND = 127;

    private static final int NOT_EXECUTABLE = 126;

    private final ProducerTemplate producer;

    public RemoteHash(ProducerTemplate producer) {
        this.producer = producer;
    }

    /**
     * Runs {@code sha256sum} over those files.
     *
     * @param endpoint URI of the camel-ssh endpoint
     * @param clients its clients; cut when the deadline has passed
     * @param paths absolute
     * @param bytes how much there is to hash, for the deadline
     * @return the hash of each path for which the server gave one; a path that is missing here is not proven
     * @throws ProofException if the command could not be run or did not end by itself
     */
    public Map<String, String> hash(String endpoint, SshClients clients, List<String> paths, long bytes)
            throws ProofException {
        Map<String, String> hashes = new HashMap<>();
        for (List<String> batch : Sha256sum.batches(paths, Sha256sum.MAX_COMMAND_BYTES)) {
            hashes.putAll(run(endpoint, clients, Sha256sum.command(batch), bytes));
        }
        return hashes;
    }

    private Map<String, String> run(String endpoint, SshClients clients, String command, long bytes)
            throws ProofException {
        Duration deadline = LEAST.plusSeconds(bytes / BYTES_PER_SECOND);
        Exchange request = new DefaultExchange(producer.getCamelContext());
        request.getMessage().setBody(command);
        request.getMessage().setHeader(ENDPOINT, endpoint);
        CompletableFuture<Exchange> answer = producer.asyncSend(ROUTE, request);
        try {
            return read(answer.get(deadline.toSeconds(), TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            clients.cut();
            throw new ProofException(
                    "sha256sum on the server did not end within " + deadline.toMinutes() + " minutes", e);
        } catch (InterruptedException e) {
            clients.cut();
            Thread.currentThread().interrupt();
            throw new ProofException("interrupted while sha256sum ran on the server", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new ProofException("cannot run sha256sum on the server", e.getCause());
        }
    }

    private static Map<String, String> read(Exchange answer) throws ProofException {
        if (answer.getException() != null) {
            throw new ProofException("cannot run sha256sum on the server", answer.getException());
        }
        Integer status = answer.getMessage().getHeader(SshConstants.EXIT_VALUE, Integer.class);
        if (status == null) {
            throw new ProofException("the connection was lost while sha256sum ran on the server");
        }
        if (status == NOT_FOUND || status == NOT_EXECUTABLE) {
            throw new NoSha256sumException("the server has no sha256sum (%s); install it there (GNU coreutils, BusyBox)"
                    .formatted(firstLine(answer.getMessage().getHeader(SshConstants.STDERR, InputStream.class))));
        }
        // 1: it could not read one of them; the lines of the others are good.
        if (status > 1 || status < 0) {
            throw new ProofException("the server cannot run sha256sum (status %d: %s)"
                    .formatted(
                            status, firstLine(answer.getMessage().getHeader(SshConstants.STDERR, InputStream.class))));
        }
        String stdout = answer.getMessage().getBody(String.class);
        Map<String, String> hashes = Sha256sum.parse(stdout);
        if (hashes.isEmpty() && status == 1 && !stdout.isBlank()) {
            // sha256sum complains on stderr: this is who answered in its place.
            throw new NoSha256sumException(
                    "the server runs no sha256sum for this user, perhaps it allows only SFTP (it says: %s); "
                                    .formatted(stdout.lines().findFirst().orElse(""))
                            + "allow the user to run commands there");
        }
        if (hashes.isEmpty() && status == 1) {
            throw new ProofException("the server gave no hash: "
                    + firstLine(answer.getMessage().getHeader(SshConstants.STDERR, InputStream.class)));
        }
        return hashes;
    }

    private static String firstLine(InputStream text) {
        try {
            return text == null
                    ? ""
                    : new String(text.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .findFirst()
                            .orElse("");
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
