package dev.offsite.sftp;

import dev.offsite.io.Activity;
import dev.offsite.io.Parallel;
import dev.offsite.sftp.login.Places;
import dev.offsite.sftp.login.SshException;
import dev.offsite.sftp.login.TargetEndpoint;
import java.io.IOException;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.apache.camel.util.function.ThrowingBiFunction;
import org.apache.camel.util.function.ThrowingConsumer;
import org.apache.camel.util.function.ThrowingFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The idle {@link SftpSession}s of one target; a session is opened when none is idle. */
public final class SftpSessionPool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SftpSessionPool.class);

    /** Bytes of one of JSch's writes. */
    private static final int WRITE = 32 << 10;

    private static final String LOGIN = "a login was waited for";

    /** Requests per connection before another login is worth its cost. */
    private static final int EACH = 50;

    private final TargetEndpoint endpoint;
    private final boolean once;
    private final Places places;
    private final Activity activity;
    private final Deque<SftpSession> idle = new ConcurrentLinkedDeque<>();
    private final CompletableFuture<Void> loggedIn = new CompletableFuture<>();
    private final Queue<CompletableFuture<Void>> ahead = new ConcurrentLinkedQueue<>();
    private final AtomicReference<CompletableFuture<SftpSession>> begun = new AtomicReference<>();
    private volatile SshException refusal;
    private volatile LinkQuality link;
    private volatile SftpSession last;

    /**
     * @param once whether a refused login is final, so that later calls fail without trying again
     */
    SftpSessionPool(TargetEndpoint endpoint, boolean once, Places places, Activity activity) {
        this.activity = activity;
        this.endpoint = endpoint;
        this.once = once;
        this.places = places;
        places.addIdle(this::closeIdle);
    }

    /** Runs the work with an idle session or a new one, which is not reused after a connection error. */
    public <T> T call(ThrowingFunction<SftpSession, T, IOException> work) throws IOException {
        return call(take(false), work);
    }

    /** Like {@link #call}, for work that asks for much at once: a new session gets the pipeline, and JSch's SFTP at first use. */
    public <T> T callForMany(ThrowingFunction<SftpSession, T, IOException> work) throws IOException {
        return call(take(true), work);
    }

    /** Like {@link #callForMany}, unless the server takes no more sessions than those in use; then it is empty. */
    public <T> Optional<T> callIfFree(ThrowingFunction<SftpSession, T, IOException> work) throws IOException {
        SftpSession session = takeIfFree(true);
        return session == null ? Optional.empty() : Optional.of(call(session, work));
    }

    private <T> T call(SftpSession session, ThrowingFunction<SftpSession, T, IOException> work) throws IOException {
        boolean healthy = false;
        try {
            T result = work.apply(session);
            healthy = true;
            return result;
        } catch (SftpStatusException e) {
            healthy = e.answered() && session.channels().isOpen();
            throw e;
        } finally {
            give(session, healthy);
        }
    }

    /** Like {@link #call}, for work without a result. */
    public void run(ThrowingConsumer<SftpSession, IOException> work) throws IOException {
        call(session -> {
            work.accept(session);
            return null;
        });
    }

    /** Asks about many items, never for null, over at most {@code most} connections. The first failure ends it. */
    public <T, R> Map<T, R> ask(
            int most, Collection<T> all, ThrowingBiFunction<SftpSession, T, R, IOException> question)
            throws IOException {
        Map<T, R> answers = new ConcurrentHashMap<>();
        Queue<T> queue = new ConcurrentLinkedQueue<>(all);
        int lanes = Math.min(most, (all.size() + EACH - 1) / EACH);
        Parallel.run(
                activity,
                lanes,
                () -> run(session -> {
                    for (T about = queue.poll(); about != null; about = queue.poll()) {
                        answers.put(about, question.apply(session, about));
                    }
                }));
        return answers;
    }

    /** The signs of life of all work on the target. */
    public Activity activity() {
        return activity;
    }

    /** Starts the first login early. The first caller that needs a session waits for it and gets its failure. */
    public void begin(Executor thread) {
        CompletableFuture<SftpSession> login = new CompletableFuture<>();
        if (!loggedIn.isDone() && begun.compareAndSet(null, login)) {
            thread.execute(() -> {
                try {
                    login.complete(login(false));
                } catch (SshException | RuntimeException | Error e) {
                    // Else whoever waits for the login would wait forever.
                    login.completeExceptionally(e);
                }
            });
        }
    }

    /** The login that was started early; null if there is none or another caller has taken it. */
    private SftpSession begun() throws IOException {
        CompletableFuture<SftpSession> login = begun.getAndSet(null);
        if (login == null) {
            return null;
        }
        try {
            return activity.await(login, LOGIN);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SshException refused) {
                throw refused;
            }
            throw new CompletionException(e.getCause());
        }
    }

    /**
     * Opens more sessions once the first login has measured the link. Failures are ignored: they recur where the
     * session is needed.
     *
     * @param others how many sessions the work is worth besides the first
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
        if (!places.isFree()) {
            return;
        }
        try {
            SftpSession session = SftpSession.openForMany(endpoint);
            give(session, session.channels().isOpen());
        } catch (SshException e) {
            LOG.debug("no connection is made ahead", e);
        }
    }

    /** The link quality measured by the first login; logs in if nobody has. */
    public LinkQuality link() throws IOException {
        if (link == null) {
            give(take(), true);
        }
        return link;
    }

    /** The link quality, or {@link LinkQuality#UNKNOWN} before the first login. */
    public LinkQuality linkSoFar() {
        return link == null ? LinkQuality.UNKNOWN : link;
    }

    /** An idle session or a new one. The caller must {@link #give} it back. */
    SftpSession take() throws IOException {
        return take(false);
    }

    private SftpSession take(boolean many) throws IOException {
        SftpSession session = takeIfFree(many);
        return session != null ? session : places.seek(() -> awaited(many));
    }

    /** One of those in use, or its place, must become free. */
    private SftpSession awaited(boolean many) throws IOException {
        AtomicReference<SftpSession> next = new AtomicReference<>();
        BooleanSupplier found = () -> (next.compareAndSet(null, idle()) && next.get() != null) || places.makeFree();
        SftpSession session = null;
        while (session == null) {
            activity.await(places, found, places.why());
            session = next.get() == null ? takeIfFree(many) : next.get();
        }
        return session;
    }

    /** An idle session or a new one; null if the server takes no more than those that are in use. */
    private SftpSession takeIfFree(boolean many) throws IOException {
        activity.sign();
        SftpSession session = idle();
        while (session == null && loggedIn.isDone() && awaitAhead()) {
            session = idle();
        }
        try {
            if (session == null) {
                session = begun();
            }
            return session == null ? login(many) : session;
        } catch (SshException e) {
            if (e.reason() != SshException.Reason.NO_PLACE) {
                throw e;
            }
            return null;
        }
    }

    private SftpSession login(boolean many) throws SshException {
        if (refusal != null) {
            throw refusal;
        }
        try {
            SftpSession session = places.patience()
                    .patiently(() -> many ? SftpSession.openForMany(endpoint) : SftpSession.open(endpoint));
            if (link == null) {
                link = LinkQuality.measured(session.channels());
                // camel-ftp logs in with the same settings.
                endpoint.getConfiguration().setBulkRequests((int) (link.window() / WRITE));
            }
            last = session;
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
        for (SftpSession session = idle.poll(); session != null; session = idle.poll()) {
            if (session.channels().isOpen()) {
                return session;
            }
            session.close();
        }
        return null;
    }

    /** A session that is open and perhaps in use, for a channel of its own; empty if there is none. */
    Optional<SftpSession> shared() {
        return Optional.ofNullable(last).filter(session -> session.channels().isOpen());
    }

    /** Waits for a session that is being opened; false if there is none. */
    private boolean awaitAhead() throws IOException {
        CompletableFuture<Void> opening = ahead.poll();
        if (opening == null) {
            return false;
        }
        try {
            activity.await(opening, LOGIN);
        } catch (ExecutionException e) {
            LOG.debug("no connection is made ahead", e);
        }
        return true;
    }

    /** Returns a session to the pool, or closes it if it is not healthy. */
    void give(SftpSession session, boolean healthy) {
        activity.sign();
        if (healthy) {
            places.works();
        }
        if (healthy && !places.isWanted()) {
            idle.push(session);
            places.changed();
        } else {
            session.close();
        }
    }

    /** Whether one was idle. */
    private boolean closeIdle() {
        SftpSession session = idle.pollLast();
        if (session != null) {
            session.close();
        }
        return session != null;
    }

    /** How many sessions may be had now without waiting for one in use. */
    public int free() {
        int more = places.free();
        return more == Integer.MAX_VALUE ? more : more + idle.size();
    }

    /** The connections that the server takes, from everybody here. */
    public Places places() {
        return places;
    }

    /** Closes the idle sessions; more may be opened later. */
    @Override
    public void close() {
        ahead.removeIf(opening -> !loggedIn.isDone());
        try {
            while (awaitAhead()) {
                LOG.debug("a connection was made ahead and not used");
            }
            SftpSession login = begun();
            if (login != null) {
                login.close();
            }
        } catch (IOException | CompletionException e) {
            LOG.debug("a connection was not made in time or not at all", e);
        }
        for (SftpSession session = idle.poll(); session != null; session = idle.poll()) {
            session.close();
        }
    }
}
