package dev.offsite.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of the loopback address that nobody listens at, for a server that a test starts. It is below those that Linux gives to
 * outgoing connections (from 32768), so that none of the many connections of other tests takes it before the server does.
 */
public final class FreePort {

    private static final int LOWEST = 10_000;
    private static final int LIMIT = 32_768;
    private static final int ATTEMPTS = 1000;

    private FreePort() {}

    /** Tries ports at random until one is free. */
    public static int find() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, LIMIT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + LOWEST + " and " + LIMIT);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
