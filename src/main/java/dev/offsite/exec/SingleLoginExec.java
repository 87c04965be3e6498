package dev.offsite.exec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.camel.util.ObjectHelper;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;

/**
 * Runs commands through camel-ssh's SSH client, with its host key check, but all over one login, unless the server allows
 * only one command for each (tinysshd).
 */
public final class SingleLoginExec implements CommandRunner, AutoCloseable {

    private static final Duration LOGIN = Duration.ofSeconds(20);
    /** How often to check whether to stop. */
    private static final Duration STEP = Duration.ofMillis(200);

    private static final int MOST_BYTES = 64 << 10;

    private final StrictSshClientBuilder clients;
    private final SshClient client;
    private final Runnable stop;
    private volatile ClientSession session;
    /** Whether a command has run since the last login. */
    private boolean run;

    private SingleLoginExec(StrictSshClientBuilder clients, SshClient client, Runnable stop) throws IOException {
        this.clients = clients;
        this.client = client;
        this.stop = stop;
        this.session = clients.logIn(client, LOGIN);
    }

    /** Logs in. {@code stop} is called repeatedly while a command runs; an exception from it ends the command. */
    public static SingleLoginExec open(StrictSshClientBuilder clients, Runnable stop) throws IOException {
        SshClient client = clients.build();
        client.start();
        try {
            return new SingleLoginExec(clients, client, stop);
        } catch (IOException | RuntimeException e) {
            client.stop();
            throw e;
        }
    }

    /** A command that does not finish in time is cut and has no exit status. */
    @Override
    public ExecResult run(String command, Duration deadline) throws ExecException {
        return run(command, deadline, stdout -> false);
    }

    /** Also cuts the command as soon as its output so far is enough. */
    public ExecResult run(String command, Duration deadline, Predicate<String> enough) throws ExecException {
        try {
            if (run && !session.isOpen()) {
                logInAgain();
            }
            try {
                return once(command, deadline, enough);
            } catch (IOException e) {
                if (!run || (session.isOpen() && ObjectHelper.getException(SshChannelOpenException.class, e) == null)) {
                    throw e;
                }
                logInAgain();
                return once(command, deadline, enough);
            }
        } catch (IOException e) {
            throw new ExecException("the server runs no command for us: " + LibraryWords.of(e), false, e);
        }
    }

    private void logInAgain() throws IOException {
        run = false;
        session.close(true);
        session = clients.logIn(client, LOGIN);
    }

    private ExecResult once(String command, Duration deadline, Predicate<String> enough) throws IOException {
        ByteArrayOutputStream stdout = new Bounded();
        ByteArrayOutputStream stderr = new Bounded();
        try (ChannelExec channel = session.createExecChannel(command)) {
            // Same as camel-ssh.
            channel.setIn(new ByteArrayInputStream(new byte[] {0}));
            channel.setOut(stdout);
            channel.setErr(stderr);
            channel.open().verify(LOGIN);
            awaitEnd(channel, deadline, () -> enough.test(text(stdout)));
            run = true;
            return new ExecResult(Optional.ofNullable(channel.getExitStatus()), text(stdout), text(stderr));
        }
    }

    private void awaitEnd(ChannelExec channel, Duration most, BooleanSupplier enough) {
        long deadline = System.nanoTime() + most.toNanos();
        Set<ClientChannelEvent> seen;
        do {
            stop.run();
            seen = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), STEP);
        } while (!seen.contains(ClientChannelEvent.CLOSED) && System.nanoTime() < deadline && !enough.getAsBoolean());
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public boolean isOpen() {
        return session.isOpen();
    }

    /** Whether it was open. */
    public boolean closeIfOpen() {
        boolean open = isOpen();
        close();
        return open;
    }

    @Override
    public void close() {
        session.close(true);
        client.stop();
    }

    /** Drops output that is longer than any hash: a server may send without end. */
    private static final class Bounded extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, Math.max(0, Math.min(length, MOST_BYTES - count)));
        }

        @Override
        public synchronized void write(int b) {
            if (count < MOST_BYTES) {
                super.write(b);
            }
        }
    }
}
