package dev.offsite.notify;

import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.notify.PingUrl.Signal;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one dead man's switch that a run began and how it ended. It raises the alarm itself when it hears nothing. Java's
 * own client is used: it works before Camel is started, or if it cannot be, and starts in a fraction of the time.
 */
public final class Ping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** For one ping in all, with the second attempt. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final int MOST_BYTES = 10_000;
    private static final int ATTEMPTS = 2;
    private static final int FIRST_OF_SERVER_ERRORS = 500;

    private final PingUrl url;
    private final PingLog log;
    private final Clock clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "offsite-ping");
        thread.setDaemon(true);
        return thread;
    });

    public Ping(PingUrl url, String state, Clock clock) {
        this.url = url;
        this.log = new PingLog(state);
        this.clock = clock;
    }

    /** A run begins. Does not wait. */
    public void start() {
        var unused = thread.submit(() -> send(Signal.START, ""));
    }

    /** The run ended; {@code text}: what it printed. Waits for a bounded time, and never fails. */
    public void end(boolean well, String text) {
        Future<String> sent = thread.submit(() -> send(well ? Signal.WELL : Signal.FAIL, text));
        String problem;
        try {
            problem = sent.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            problem = "no answer in time";
        } catch (ExecutionException e) {
            problem = Text.reason(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "interrupted";
        }
        remember(well, problem);
    }

    private void remember(boolean well, String problem) {
        try {
            if (problem.isEmpty()) {
                log.sent(url, well, clock.instant());
            } else {
                LOG.warn("ping {}: {}", url.shown(), problem);
                log.failed(url, problem, clock.instant());
            }
        } catch (StateException e) {
            LOG.warn("ping: not remembered: {}", e.getMessage());
        }
    }

    /** Why it was not accepted; empty if it was. */
    private String send(Signal signal, String text) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        String problem = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.toMillis() <= 0) {
                break;
            }
            try {
                int status = post(signal, text, left);
                if (status / 100 == 2) {
                    return "";
                }
                problem = "the answer was HTTP status " + status;
                if (status < FIRST_OF_SERVER_ERRORS) {
                    return problem;
                }
            } catch (SocketTimeoutException e) {
                problem = "no answer in time";
            } catch (UnknownHostException e) {
                problem = "there is no such host";
            } catch (IOException e) {
                problem = Text.reason(e).replace(url.of(signal).toString(), url.shown());
            }
        }
        return problem;
    }

    private int post(Signal signal, String text, Duration left) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) url.of(signal).toURL().openConnection();
        connection.setConnectTimeout((int) Math.min(CONNECT.toMillis(), left.toMillis()));
        connection.setReadTimeout((int) left.toMillis());
        // The address is a secret: it goes to no other server.
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "text/plain; charset=utf-8");
        connection.setRequestProperty("User-Agent", "offsite");
        connection.setDoOutput(true);
        byte[] body = bounded(text);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    /** The end of it, which says how it ended. */
    private static byte[] bounded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int from = Math.max(0, bytes.length - MOST_BYTES);
        // Not from the middle of a character.
        while (from < bytes.length && (bytes[from] & 0xC0) == 0x80) {
            from++;
        }
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
