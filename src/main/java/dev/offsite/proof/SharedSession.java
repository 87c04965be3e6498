package dev.offsite.proof;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.future.DefaultAuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.DefaultCloseFuture;
import org.apache.sshd.common.session.ConnectionService;

/**
 * A connection that serves one command after the other. To camel-ssh it is one of its own, which ends with the command; but it
 * is logged in already, and what is closed gently is only given back. (It is a proxy since sshd's own {@code close} is final.)
 */
final class SharedSession implements InvocationHandler {

    private final SshSessions owner;
    private final ClientSession session;
    private boolean lent;
    private boolean served;
    private int cuts;
    private SharedExec last;
    private SharedSession instead;

    /** Of a connection that is logged in. */
    SharedSession(SshSessions owner, ClientSession session) {
        this.owner = owner;
        this.session = session;
    }

    synchronized SharedSession lend() {
        lent = true;
        served = last != null;
        cuts = owner.cuts();
        return this;
    }

    /** Whether it is alive, and all that it was given to run came to its end. */
    boolean isUsable() {
        return session.isOpen() && session.isAuthenticated() && (last == null || last.hasEnded());
    }

    /** Whether a command that comes to nothing may have done so because there was one before, and may be run again. */
    boolean mayBeUsedUp() {
        return served && cuts == owner.cuts();
    }

    /** The same command over a new connection. */
    SharedExec again(String command) throws IOException {
        instead = owner.logIn();
        return instead.exec(command);
    }

    /** What camel-ssh gets. */
    ClientSession asSession() {
        Class<?>[] type = {ClientSession.class};
        return (ClientSession) Proxy.newProxyInstance(ClientSession.class.getClassLoader(), type, this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "auth" -> loggedIn();
            case "addPasswordIdentity", "addPublicKeyIdentity" -> null;
            case "createChannel" ->
                arguments[0].equals(Channel.CHANNEL_EXEC) ? exec((String) arguments[1]) : delegate(method, arguments);
            case "close" ->
                arguments != null && Boolean.FALSE.equals(arguments[0]) ? giveBack() : delegate(method, arguments);
            default -> delegate(method, arguments);
        };
    }

    private Object delegate(Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(session, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static AuthFuture loggedIn() {
        AuthFuture done = new DefaultAuthFuture(null, null);
        done.setAuthed(true);
        return done;
    }

    private SharedExec exec(String command) throws IOException {
        last = new SharedExec(this, command);
        session.getService(ConnectionService.class).registerChannel(last);
        return last;
    }

    /** Leaves it to the next command, or closes it. */
    synchronized CloseFuture giveBack() {
        if (lent) {
            lent = false;
            if (instead != null) {
                instead.giveBack();
                instead = null;
            }
            if (owner.takesBack(this)) {
                CloseFuture done = new DefaultCloseFuture(null, null);
                done.setClosed();
                return done;
            }
        }
        return session.close(false);
    }

    void close() {
        session.close(true);
    }

    @Override
    public String toString() {
        return session.toString();
    }
}
