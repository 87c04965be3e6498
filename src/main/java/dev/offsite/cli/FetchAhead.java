package dev.offsite.cli;

import dev.offsite.metrics.HttpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the service for its own page and metrics, so that the first one who does so need not wait. */
record FetchAhead(HttpAddress address) implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final int CONNECT = 5_000;
    /** Many jobs with a long history on a slow disk take their time. */
    private static final int READ = 60_000;

    void start() {
        Thread thread = new Thread(this, "offsite-fetch-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        // The page once more: now its code is about to be compiled.
        for (String path : List.of("/", "/observe/metrics", "/")) {
            try {
                LOG.debug("{} has {} bytes", path, fetch(path));
            } catch (IOException | RuntimeException e) {
                // Whoever asks for it is told.
                LOG.debug("{} is not fetched ahead", path, e);
            }
        }
    }

    /** Without the classes of an HTTP client, which nothing else in the service needs. */
    private long fetch(String path) throws IOException {
        try (Socket socket = new Socket()) {
            // Where it listens on all addresses, this is the loopback address.
            socket.connect(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), CONNECT);
            socket.setSoTimeout(READ);
            String login = address.login()
                    .map(some -> Base64.getEncoder()
                            .encodeToString((some.user() + ":" + some.password()).getBytes(StandardCharsets.UTF_8)))
                    .map(encoded -> "Authorization: Basic " + encoded + "\r\n")
                    .orElse("");
            String request = "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n".formatted(path, login);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] part = new byte[8192];
            long bytes = 0;
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                bytes += length;
            }
            return bytes;
        }
    }
}
