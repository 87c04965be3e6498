package dev.offsite.exec;

import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import dev.offsite.openssh.agent.AgentException;
import dev.offsite.openssh.agent.SshAgent;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentKeyConstraint;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Lets sshd's client sign with the keys of an agent. It never forwards the agent. */
record MinaAgent(Target target) implements org.apache.sshd.agent.SshAgent, SshAgentFactory {

    private LoginKeys keys() throws AgentException {
        return LoginKeys.of(target, Surroundings.ofThisProcess());
    }

    @Override
    public List<Map.Entry<PublicKey, String>> getIdentities() throws IOException {
        List<Map.Entry<PublicKey, String>> identities = new ArrayList<>();
        for (SshAgent.Key key : keys().held()) {
            publicKey(key).ifPresent(known -> identities.add(new SimpleImmutableEntry<>(known, key.comment())));
        }
        return identities;
    }

    /** Empty for a type that sshd does not know. */
    private static Optional<PublicKey> publicKey(SshAgent.Key key) {
        try {
            return Optional.ofNullable(new ByteArrayBuffer(key.blob()).getRawPublicKey());
        } catch (Exception e) {
            return Optional.empty();
        }
    }

    @Override
    public Map.Entry<String, byte[]> sign(SessionContext session, PublicKey key, String algorithm, byte[] data)
            throws IOException {
        LoginKeys keys = keys();
        Buffer wanted = new ByteArrayBuffer();
        wanted.putRawPublicKey(key);
        byte[] blob = wanted.getCompactData();
        for (SshAgent.Key each : keys.held()) {
            if (Arrays.equals(each.blob(), blob)) {
                Buffer signature = new ByteArrayBuffer(keys.agent().sign(each.blob(), data, algorithm));
                String made = signature.getString();
                // A certificate's key signs under its plain name, and sshd's client asks for the certificate's.
                boolean asAsked = made.equals(KeyUtils.getSignatureAlgorithm(algorithm, key));
                return new SimpleImmutableEntry<>(asAsked ? algorithm : made, signature.getBytes());
            }
        }
        throw new IOException("the agent no longer has that key");
    }

    @Override
    public org.apache.sshd.agent.SshAgent createClient(Session session, FactoryManager manager) {
        return this;
    }

    @Override
    public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
        return List.of();
    }

    @Override
    public SshAgentServer createServer(ConnectionService service) {
        throw new UnsupportedOperationException("the agent is not forwarded");
    }

    @Override
    public KeyPair resolveLocalIdentity(PublicKey key) {
        return null;
    }

    @Override
    public void addIdentity(KeyPair key, String comment, SshAgentKeyConstraint... constraints) {
        throw new UnsupportedOperationException("only the user adds keys");
    }

    @Override
    public void removeIdentity(PublicKey key) {
        throw new UnsupportedOperationException("only the user removes keys");
    }

    @Override
    public void removeAllIdentities() {
        throw new UnsupportedOperationException("only the user removes keys");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
