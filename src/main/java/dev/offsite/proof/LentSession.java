package dev.offsite.proof;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.future.DefaultAuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.future.DefaultCloseFuture;

/** A session as it is lent to one command: to close it is to give it back, and once it is logged in it stays so. */
final class LentSession implements InvocationHandler {

    private final ClientSession session;
    private final IdleSessions idle;

    private LentSession(ClientSession session, IdleSessions idle) {
        this.session = session;
        this.idle = idle;
    }

    static ClientSession of(ClientSession session, IdleSessions idle) {
        return (ClientSession) Proxy.newProxyInstance(
                LentSession.class.getClassLoader(),
                new Class<?>[] {ClientSession.class},
                new LentSession(session, idle));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        boolean loggedIn = session.isAuthenticated();
        return switch (method.getName()) {
            case "close" -> close();
            case "auth" -> loggedIn ? done() : auth();
            case "addPublicKeyIdentity", "addPasswordIdentity" -> loggedIn ? null : call(method, arguments);
            default -> call(method, arguments);
        };
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(session, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private AuthFuture auth() throws java.io.IOException {
        AuthFuture login = session.auth();
        login.addListener(idle::loggedIn);
        return login;
    }

    private static AuthFuture done() {
        DefaultAuthFuture login = new DefaultAuthFuture("logged in before", null);
        login.setAuthed(true);
        return login;
    }

    private Object close() {
        idle.give(session);
        DefaultCloseFuture closed = new DefaultCloseFuture("given back", null);
        closed.setClosed();
        return closed;
    }
}
