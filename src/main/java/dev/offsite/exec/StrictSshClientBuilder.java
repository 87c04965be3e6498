package dev.offsite.exec;

import dev.offsite.job.Target;
import dev.offsite.openssh.AlgorithmKind;
import dev.offsite.openssh.Algorithms;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.openssh.agent.AgentException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.util.ObjectHelper;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * Builds camel-ssh's SSH clients for one target. The host key is checked here, since camel-ssh's own accepts any
 * key by default. Nothing is read from the user's home, and a command may run for hours while
 * the connection is alive.
 */
public final class StrictSshClientBuilder extends ClientBuilder {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int HEARTBEATS_UNANSWERED = 4;

    private final Target target;
    private final ServerStreams.Opener streams;
    private final TrustedServers trusted;
    private final LoginWatch watch;
    private final OutputLimit limit = new OutputLimit(ExecChannel.MOST_OUTPUT);

    /** The target's known_hosts file must be readable. */
    public StrictSshClientBuilder(Target target) {
        this(target, null);
    }

    /** @param streams connects to the server; null for a socket */
    public StrictSshClientBuilder(Target target, ServerStreams.Opener streams) {
        this.target = target;
        this.streams = streams;
        this.trusted = new TrustedServers(target);
        this.watch = new LoginWatch(trusted);
        serverKeyVerifier(watch);
        hostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    }

    @Override
    public SshClient build(boolean fillWithDefaultValues) {
        Algorithms algorithms = target.way().algorithms();
        MinaAlgorithms.set(this, algorithms, trusted::order);
        SshClient client = super.build(true);
        client.setKeyIdentityProvider(new CertifiedKeys(target));
        if (target.way().agent() != null) {
            client.setAgentFactory(new MinaAgent(target));
        }
        List<UserAuthFactory> ways = new ArrayList<>();
        ways.add(new UserAuthPublicKeyFactory(MinaAlgorithms.signatures(algorithms, AlgorithmKind.LOGIN_KEY)));
        if (target.password() != null) {
            ways.add(UserAuthPasswordFactory.INSTANCE);
            ways.add(UserAuthKeyboardInteractiveFactory.INSTANCE);
        }
        client.setUserAuthFactories(ways);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, Duration.ZERO);
        // Otherwise we would wait for a server that refuses to run commands.
        CoreModuleProperties.REQUEST_EXEC_REPLY.set(client, true);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, HEARTBEATS_UNANSWERED);
        if (streams != null) {
            client.setIoServiceFactoryFactory(new StreamConnector(streams));
        }
        client.addSessionListener(watch);
        client.addChannelListener(limit);
        return client;
    }

    /** Connects and logs in, each within {@code patience}. */
    public ClientSession logIn(SshClient client, Duration patience) throws IOException {
        ClientSession session = client.connect(target.user(), target.host(), target.port())
                .verify(patience)
                .getSession();
        try {
            session.addPasswordIdentity(passwordOrNone());
            session.auth().verify(patience);
            return session;
        } catch (IOException | RuntimeException e) {
            session.close(true);
            throw e instanceof IOException io ? io : new IOException(e);
        }
    }

    /** What camel-ssh needs where it has no key. The clients offer no password if there is none. */
    public String passwordOrNone() {
        return target.password() == null ? "none" : target.password();
    }

    public int logins() {
        return watch.logins();
    }

    /** Called when the next login has succeeded. */
    public void onLogin(Runnable action) {
        watch.onLogin(action);
    }

    /** Whether the last login failed before the server showed its key. */
    public boolean wasNotReached() {
        return !watch.reached();
    }

    /** Whether the last login failed because of us: we do not trust the server, or have no algorithms for it. */
    public boolean hasRefusedServer() {
        HostKeyVerdict verdict = trusted.verdict();
        return watch.mismatch() != null || (verdict != null && !verdict.isTrusted());
    }

    /** Why the last login failed, and what to do: one line, without secrets. */
    public String problem(Throwable failure) {
        HostKeyVerdict verdict = trusted.verdict();
        if (verdict != null && !verdict.isTrusted()) {
            return verdict.message(target.toString(), target.host(), target.port());
        }
        AgentException agent = ObjectHelper.getException(AgentException.class, failure);
        if (agent != null) {
            return agent.getMessage();
        }
        if (!canReadKey()) {
            return "the key %s of %s cannot be read as a private key: is its passphrase right?"
                    .formatted(target.key(), target);
        }
        if (watch.mismatch() != null) {
            return watch.mismatch().explain(target.toString(), target.way().algorithms(), MinaAlgorithms::supports);
        }
        if (watch.reached()) {
            return "%s refuses the login: is %s right, and is its public key in the server's authorized_keys for user %s?"
                    .formatted(
                            target, target.key() == null ? "the password" : "the key " + target.key(), target.user());
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return "%s cannot be reached: %s".formatted(target, LibraryWords.of(root));
    }

    private boolean canReadKey() {
        try {
            return new CertifiedKeys(target).loadKeys(null) != null;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /** Whether a command was cut since the last call, because it printed too much. */
    boolean printedTooMuch() {
        return limit.wasExceeded();
    }

    /** Cuts the running commands, which then have no exit status. */
    public void cut() {
        watch.closeAll();
    }
}
