package dev.offsite.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An HTTP server that remembers what it got, and that can be down, slow, or refuse. */
public final class HttpReceiver implements AutoCloseable {

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "http-receiver");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;
    private int port;
    private volatile int status = 200;
    private volatile boolean slow;

    /** What it got. */
    public record Request(String method, String path, Map<String, List<String>> headers, String body) {}

    /** Starts it. */
    public static HttpReceiver start() throws IOException {
        HttpReceiver receiver = new HttpReceiver();
        receiver.up();
        return receiver;
    }

    /** Comes back after {@link #down}, at the same port. */
    public void up() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        port = server.getAddress().getPort();
    }

    public void down() {
        server.stop(0);
    }

    /** Answers with that from now on. */
    public HttpReceiver answer(int code) {
        status = code;
        return this;
    }

    /** Answers nothing from now on, until it is closed. */
    public HttpReceiver slow(boolean whether) {
        slow = whether;
        return this;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    body));
            if (slow) {
                released.await(60, TimeUnit.SECONDS);
                return;
            }
            if (status / 100 == 3) {
                exchange.getResponseHeaders().add("Location", url("/elsewhere"));
            }
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@code http://127.0.0.1:<port><path>}. */
    public String url(String path) {
        return "http://127.0.0.1:%d%s".formatted(port, path);
    }

    public List<Request> requests() {
        return requests;
    }

    /** The paths of what it got, in order. */
    public List<String> paths() {
        return requests.stream().map(Request::path).toList();
    }

    @Override
    public void close() {
        released.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
