package dev.offsite.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.command.Command;

/** A server that answers each command with the command itself, but over one connection only the first. */
public final class OneCommandServer implements AutoCloseable {

    /** The password of everybody. */
    public static final String PASSWORD = "secret";

    private static final String HOST = "127.0.0.1";
    private static final AttributeKey<Boolean> USED = new AttributeKey<>();

    /** How it says so. */
    public enum Way {
        /** It opens no second channel. */
        OPENS_NO_CHANNEL,
        /** It opens one, and runs nothing there. */
        RUNS_NOTHING,
        /** It ends the connection when a second command comes. */
        HANGS_UP,
        /** It ends the connection with the first command. */
        ENDS
    }

    private final SshServer server = SshServer.setUpDefaultServer();
    private final AtomicInteger logins = new AtomicInteger();
    private final Way way;
    private final Path knownHosts;

    /** Starts one that writes its {@code known_hosts} to that folder. */
    public OneCommandServer(Path folder, Way way) throws IOException, GeneralSecurityException {
        this.way = way;
        KeyPair key = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
        server.setHost(HOST);
        server.setKeyPairProvider(KeyPairProvider.wrap(key));
        server.setPasswordAuthenticator((user, password, session) -> PASSWORD.equals(password));
        server.setChannelFactories(List.of(new Channels()));
        server.setCommandFactory((channel, command) -> answer(channel, command));
        server.addSessionListener(new SessionListener() {
            @Override
            public void sessionEvent(Session session, Event event) {
                if (event == Event.Authenticated) {
                    logins.incrementAndGet();
                }
            }
        });
        server.start();
        knownHosts = Files.writeString(
                folder.resolve("known_hosts-" + way),
                "[%s]:%d %s%n".formatted(HOST, port(), PublicKeyEntry.toString(key.getPublic())));
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return server.getPort();
    }

    public Path knownHosts() {
        return knownHosts;
    }

    /** How many sessions were authenticated so far. */
    public int logins() {
        return logins.get();
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    private Command answer(ChannelSession channel, String command) throws IOException {
        Session session = channel.getSession();
        if (way == Way.RUNS_NOTHING && session.getAttribute(USED) != null) {
            throw new IOException("one was enough");
        }
        session.setAttribute(USED, true);
        return new Echo(command);
    }

    private final class Channels extends ChannelSessionFactory {
        @Override
        public Channel createChannel(Session session) throws IOException {
            if (session.getAttribute(USED) != null) {
                switch (way) {
                    case OPENS_NO_CHANNEL -> throw new IOException("one was enough");
                    case HANGS_UP -> session.close(true);
                    default -> {}
                }
            }
            return super.createChannel(session);
        }
    }

    private final class Echo extends AbstractCommandSupport {
        Echo(String command) {
            super(command, ThreadUtils.newSingleThreadExecutor("echo"));
        }

        @Override
        public void run() {
            try {
                getOutputStream().write(getCommand().getBytes(StandardCharsets.UTF_8));
                getOutputStream().flush();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            onExit(0);
            if (way == Way.ENDS) {
                getSession().close(false);
            }
        }
    }
}
