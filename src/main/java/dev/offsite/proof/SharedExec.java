package dev.offsite.proof;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.future.OpenFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command over a connection that has served others. A server may have ended that meanwhile, or let no second command run
 * over it; then, and only if nothing came of the command, it is run over a new connection, once. What we have run does the
 * same when it is run twice.
 */
final class SharedExec extends ChannelExec {

    private static final Logger LOG = LoggerFactory.getLogger(SharedExec.class);
    private static final Set<ClientChannelEvent> OPENED_OR_NOT =
            EnumSet.of(ClientChannelEvent.OPENED, ClientChannelEvent.CLOSED);

    private final SharedSession session;
    private final String command;
    private SharedExec instead;

    SharedExec(SharedSession session, String command) {
        super(command, null, Map.of());
        this.session = session;
        this.command = command;
    }

    /** Whether the server has said how it ended. */
    boolean hasEnded() {
        return super.getExitStatus() != null;
    }

    @Override
    public synchronized OpenFuture open() throws IOException {
        if (!session.mayBeUsedUp()) {
            return super.open();
        }
        try {
            OpenFuture opened = super.open();
            super.waitFor(OPENED_OR_NOT, SshSessions.PATIENCE.toMillis());
            if (opened.isOpened()) {
                return opened;
            }
            LOG.debug("{} opens no other channel", session, opened.getException());
        } catch (IOException e) {
            LOG.debug("{} is no longer there", session, e);
        }
        return again();
    }

    private OpenFuture again() throws IOException {
        instead = session.again(command);
        instead.setIn(new ByteArrayInputStream(new byte[] {0}));
        instead.setOut(getOut());
        instead.setErr(getErr());
        return instead.open();
    }

    @Override
    public Set<ClientChannelEvent> waitFor(Collection<ClientChannelEvent> mask, long timeout) {
        if (instead == null) {
            Set<ClientChannelEvent> seen = super.waitFor(mask, timeout);
            if (!seen.contains(ClientChannelEvent.CLOSED) || !hasComeToNothing() || !session.mayBeUsedUp()) {
                return seen;
            }
            try {
                again().verify(SshSessions.PATIENCE);
            } catch (IOException e) {
                LOG.debug("{} runs no command, nor does another", session, e);
                return seen;
            }
        }
        return instead.waitFor(mask, timeout);
    }

    private boolean hasComeToNothing() {
        return !hasEnded()
                && super.getExitSignal() == null
                && getOut() instanceof ByteArrayOutputStream bytes
                && bytes.size() == 0;
    }

    @Override
    public Integer getExitStatus() {
        return instead == null ? super.getExitStatus() : instead.getExitStatus();
    }

    @Override
    public String getExitSignal() {
        return instead == null ? super.getExitSignal() : instead.getExitSignal();
    }
}
