package dev.offsite.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A bad line to an {@link OpenSshServer}: it can be cut, held, and slowed down, after so many bytes towards the server. */
public final class Proxy implements AutoCloseable {
    private final ServerSocket listener;
    private final OpenSshServer server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytes = new AtomicLong();
    private final Collection<AtomicLong> sent = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicLong received = new AtomicLong();
    private volatile long downPerSecond = Long.MAX_VALUE;
    private volatile long cutDownEvery = Long.MAX_VALUE;
    private volatile long cutAfter = Long.MAX_VALUE;
    private volatile int cutAtMost;
    private volatile long holdAfter = Long.MAX_VALUE;
    private volatile boolean held;
    private volatile long delayNanos;
    private final AtomicInteger turns = new AtomicInteger();
    private volatile long cutAllEvery = Long.MAX_VALUE;
    private final AtomicLong cutAllAt = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger cutsOfAll = new AtomicInteger();
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile boolean down;
    private final AtomicInteger refusedWhileDown = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile int places = Integer.MAX_VALUE;
    private volatile Refusal refusal = Refusal.CLOSE;

    /** What becomes of a connection that is one too many. */
    public enum Refusal {
        /** It is closed at once. */
        CLOSE,
        /** It is accepted and reset. */
        RESET,
        /** It is accepted, and never gets an answer. */
        SILENCE
    }

    public Proxy(OpenSshServer server) throws IOException {
        this(server, 0);
    }

    /** At the port of one that was closed. */
    public Proxy(OpenSshServer server, int port) throws IOException {
        this.server = server;
        listener = new ServerSocket(port, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        daemon(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** A known_hosts for this proxy, with the server's keys. */
    public Path knownHosts(Path file) throws IOException {
        return Files.writeString(
                file, Files.readString(server.knownHosts()).replace("]:" + server.port(), "]:" + port()));
    }

    /** Cuts each connection that has sent that many bytes, so many times in all. */
    public void cutAfter(long bytesOfOneConnection, int times) {
        cuts.set(0);
        cutAtMost = times;
        cutAfter = bytesOfOneConnection;
    }

    /** Cuts all connections each time that they have sent so many bytes together. */
    public void cutAllEvery(long bytesInAll) {
        cutAllEvery = bytesInAll;
        cutAllAt.set(bytes.get() + bytesInAll);
    }

    public void cutNoMore() {
        cutAllAt.set(Long.MAX_VALUE);
    }

    /** How often all connections were cut. */
    public int cutsOfAll() {
        return cutsOfAll.get();
    }

    /** Cuts all connections now. */
    public void cutAll() {
        cutsOfAll.incrementAndGet();
        sockets.forEach(Proxy::reset);
    }

    /** While it is down, all connections are cut, and new ones closed at once. */
    public void down(boolean isDown) {
        down = isDown;
        if (isDown) {
            cutAll();
        }
    }

    /** How many connections were tried while it was down. */
    public int refusedWhileDown() {
        return refusedWhileDown.get();
    }

    /** How much each connection may send from now on. */
    public void throttle(long bytesOfOneConnectionPerSecond) {
        bytesPerSecond = bytesOfOneConnectionPerSecond;
    }

    private static void reset(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was closed already.
        }
    }

    /** Lets all connections together send that many bytes, and no more until {@link #release()}. */
    public void holdAfter(long bytesInAll) {
        holdAfter = bytesInAll;
    }

    /** Has each byte of connections from now on arrive that much later, either way: a long link of any bandwidth. */
    public void delay(Duration eachWay) {
        delayNanos = eachWay.toNanos();
    }

    /** Closes each connection from now on at once while so many are open. */
    public void places(int most) {
        places(most, Refusal.CLOSE);
    }

    public void places(int most, Refusal how) {
        refusal = how;
        places = most;
    }

    /** How many connections were one too many. */
    public int refused() {
        return refused.get();
    }

    /** How many were open at a time. */
    public int mostOpen() {
        return mostOpen.get();
    }

    public boolean held() {
        return held;
    }

    public void release() {
        released.countDown();
    }

    public int cuts() {
        return Math.min(cuts.get(), cutAtMost);
    }

    public int connections() {
        return connections.get();
    }

    /** How many connections have sent that many bytes or more. */
    public long connectionsWith(long bytesOfOneConnection) {
        return sent.stream().filter(one -> one.get() >= bytesOfOneConnection).count();
    }

    /** Cuts each connection over which that many bytes have come from the server. */
    public void cutDownAfter(long bytesOfOneConnection) {
        cutDownEvery = bytesOfOneConnection;
    }

    /** How many bytes may come over each connection in a second. */
    public void slowDown(long bytesPerSecond) {
        downPerSecond = bytesPerSecond;
    }

    /** Bytes from the server so far. */
    public long received() {
        return received.get();
    }

    /**
     * How often a client has spoken after its server has: the round trips that it has waited for, if there is a delay that is
     * long against what each side takes to say what it has to say at once.
     */
    public int turns() {
        return turns.get();
    }

    /** Bytes towards the server so far. */
    public long bytes() {
        return bytes.get();
    }

    @Override
    public void close() throws IOException {
        release();
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            if (down) {
                refusedWhileDown.incrementAndGet();
                client.close();
                continue;
            }
            if (open.get() >= places) {
                refuse(client);
                continue;
            }
            Socket onward;
            try {
                onward = new Socket(server.host(), server.port());
            } catch (IOException e) {
                // The server is down, the line is not.
                client.close();
                continue;
            }
            sockets.add(client);
            sockets.add(onward);
            connections.incrementAndGet();
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            AtomicBoolean both = new AtomicBoolean();
            AtomicBoolean answered = new AtomicBoolean(true);
            for (boolean up : new boolean[] {true, false}) {
                daemon(() -> {
                    try {
                        forward(up ? client : onward, up ? onward : client, up, answered);
                    } finally {
                        if (both.compareAndSet(false, true)) {
                            open.decrementAndGet();
                        }
                    }
                });
            }
        }
    }

    private void refuse(Socket client) throws IOException {
        refused.incrementAndGet();
        switch (refusal) {
            case SILENCE -> sockets.add(client);
            case RESET -> {
                client.setSoLinger(true, 0);
                client.close();
            }
            default -> client.close();
        }
    }

    private void forward(Socket from, Socket to, boolean up, AtomicBoolean answered) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = delayNanos == 0 ? to.getOutputStream() : new LongLink(to, delayNanos);
            byte[] buffer = new byte[delayNanos == 0 ? 8192 : 1 << 16];
            AtomicLong sentByThis = new AtomicLong();
            if (up) {
                sent.add(sentByThis);
            }
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (answered.getAndSet(!up) && up) {
                    turns.incrementAndGet();
                }
                if (up) {
                    if (sentByThis.addAndGet(n) > cutAfter && cuts.incrementAndGet() <= cutAtMost) {
                        return;
                    }
                    long all = bytes.addAndGet(n);
                    if (all > holdAfter) {
                        held = true;
                        await();
                    }
                    long cut = cutAllAt.get();
                    if (all > cut && cutAllAt.compareAndSet(cut, all + cutAllEvery)) {
                        cutAll();
                        return;
                    }
                    if (bytesPerSecond < Long.MAX_VALUE) {
                        LockSupport.parkNanos(n * 1_000_000_000L / bytesPerSecond);
                    }
                }
                if (!up) {
                    received.addAndGet(n);
                    if (sentByThis.addAndGet(n) > cutDownEvery) {
                        return;
                    }
                    LockSupport.parkNanos(n * 1_000_000_000L / downPerSecond);
                }
                out.write(buffer, 0, n);
            }
            out.flush();
        }
    }

    private void await() throws IOException {
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A connection has ended, or the proxy.
                    }
                },
                "proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
