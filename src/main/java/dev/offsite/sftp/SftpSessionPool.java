package dev.offsite.sftp;

import dev.offsite.io.Parallel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The idle {@link SftpSession}s of one target; a session is opened when none is idle. */
public final class SftpSessionPool implements AutoCloseable {

    /** Something to do over one connection. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it; a session that threw a connection error is not used again. */
        T with(SftpSession session) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(SftpSessionPool.class);

    /** Bytes of one write of JSch's. */
    private static final int WRITE = 32 << 10;

    /** Questions that one connection answers before another is worth its login. */
    private static final int EACH = 50;

    private final SftpEndpoint endpoint;
    private final boolean once;
    private final Deque<SftpSession> idle = new ArrayDeque<>();
    private final CompletableFuture<Void> loggedIn = new CompletableFuture<>();
    private final Queue<CompletableFuture<Void>> ahead = new ConcurrentLinkedQueue<>();
    private final AtomicReference<CompletableFuture<SftpSession>> begun = new AtomicReference<>();
    private volatile SshException refusal;
    private volatile LinkQuality link;

    /**
     * @param once whether a login that was refused is not tried again, however often it is asked for
     */
    SftpSessionPool(SftpEndpoint endpoint, boolean once) {
        this.endpoint = endpoint;
        this.once = once;
    }

    /** Does the work over an idle session or a new one. */
    public <T> T call(Work<T> work) throws IOException {
        SftpSession session = take();
        boolean healthy = false;
        try {
            T result = work.with(session);
            healthy = true;
            return result;
        } catch (SftpStatusException e) {
            healthy = e.answered() && session.channels().isOpen();
            throw e;
        } finally {
            give(session, healthy);
        }
    }

    /** A small question about one thing. */
    @FunctionalInterface
    public interface Question<T, R> {
        /** Its answer, never null. */
        R ask(SftpSession session, T about) throws IOException;
    }

    /**
     * Asks the same question about many things, over several connections where there are many.
     *
     * @param most how many connections may be used
     * @return the answers; the first failure ends it all
     */
    public <T, R> Map<T, R> ask(int most, Collection<T> all, Question<T, R> question) throws IOException {
        Map<T, R> answers = new ConcurrentHashMap<>();
        Queue<T> queue = new ConcurrentLinkedQueue<>(all);
        Work<Void> lane = session -> {
            for (T about = queue.poll(); about != null; about = queue.poll()) {
                answers.put(about, question.ask(session, about));
            }
            return null;
        };
        Parallel.run(Math.min(most, (all.size() + EACH - 1) / EACH), () -> call(lane));
        return answers;
    }

    /**
     * Begins the first login, while it is still to be found out what for; who needs it waits for it. If it fails, it fails
     * there.
     *
     * @param thread to do it in
     */
    public void begin(Executor thread) {
        CompletableFuture<SftpSession> login = new CompletableFuture<>();
        if (!loggedIn.isDone() && begun.compareAndSet(null, login)) {
            thread.execute(() -> {
                try {
                    login.complete(login());
                } catch (SshException | RuntimeException e) {
                    login.completeExceptionally(e);
                }
            });
        }
    }

    /** The login that was begun; null where none was, or somebody else has it. */
    private SftpSession begun() throws SshException {
        CompletableFuture<SftpSession> login = begun.getAndSet(null);
        if (login == null) {
            return null;
        }
        try {
            return login.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SshException refused) {
                throw refused;
            }
            throw e;
        }
    }

    /**
     * Opens others when the first login has succeeded and has shown what the link is like. What fails fails again where it is
     * needed.
     *
     * @param others how many the work pays for besides the first
     * @param threads to do it in
     */
    public void expect(ToIntFunction<LinkQuality> others, Executor threads) {
        ahead.add(loggedIn.thenRunAsync(
                () -> {
                    int number = others.applyAsInt(link);
                    for (int i = 1; i < number; i++) {
                        ahead.add(CompletableFuture.runAsync(this::openAhead, threads));
                    }
                    if (number > 0) {
                        openAhead();
                    }
                },
                threads));
    }

    private void openAhead() {
        try {
            SftpSession session = SftpSession.openForMany(endpoint);
            give(session, session.channels().isOpen());
        } catch (SshException e) {
            LOG.debug("no connection is made ahead", e);
        }
    }

    /** The link to the target, as the first login has shown it; logs in for that if nobody has. */
    public LinkQuality link() throws SshException {
        if (link == null) {
            give(take(), true);
        }
        return link;
    }

    /** The same; a short one where nobody has logged in yet. */
    public LinkQuality linkSoFar() {
        return link == null ? LinkQuality.UNKNOWN : link;
    }

    /** An idle session or a new one; who has it gives it back. */
    SftpSession take() throws SshException {
        SftpSession session = idle();
        while (session == null && loggedIn.isDone() && awaitAhead()) {
            session = idle();
        }
        if (session == null) {
            session = begun();
        }
        return session == null ? login() : session;
    }

    private SftpSession login() throws SshException {
        if (refusal != null) {
            throw refusal;
        }
        try {
            SftpSession session = SftpSession.open(endpoint);
            if (link == null) {
                link = session.channels().confirmedLink();
                // For camel-ftp as well, which logs in by the same settings.
                endpoint.getConfiguration().setBulkRequests((int) (link.window() / WRITE));
            }
            loggedIn.complete(null);
            return session;
        } catch (SshException e) {
            if (once && e.isRefusal()) {
                refusal = e;
            }
            throw e;
        }
    }

    private SftpSession idle() {
        synchronized (idle) {
            for (SftpSession session = idle.poll(); session != null; session = idle.poll()) {
                if (session.channels().isOpen()) {
                    return session;
                }
                session.close();
            }
            return null;
        }
    }

    /** Waits for one that is being opened; false where there is none. */
    private boolean awaitAhead() {
        CompletableFuture<Void> opening = ahead.poll();
        if (opening == null) {
            return false;
        }
        opening.exceptionally(e -> null).join();
        return true;
    }

    /** Keeps it for the next, or closes it. */
    void give(SftpSession session, boolean healthy) {
        if (healthy) {
            synchronized (idle) {
                idle.push(session);
            }
        } else {
            session.close();
        }
    }

    /** Closes the idle sessions; more may be opened later. */
    @Override
    public void close() {
        ahead.removeIf(opening -> !loggedIn.isDone());
        while (awaitAhead()) {
            LOG.debug("a connection was made ahead and not used");
        }
        CompletableFuture<SftpSession> login = begun.getAndSet(null);
        if (login != null) {
            login.thenAccept(SftpSession::close).exceptionally(e -> null).join();
        }
        synchronized (idle) {
            idle.forEach(SftpSession::close);
            idle.clear();
        }
    }
}
