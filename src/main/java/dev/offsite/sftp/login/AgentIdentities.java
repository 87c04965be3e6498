package dev.offsite.sftp.login;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import dev.offsite.exec.LoginKeys;
import dev.offsite.openssh.agent.AgentException;
import dev.offsite.openssh.agent.SshAgent;
import java.util.Vector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an agent, and then those of files.
 *
 * @param files JSch's own repository, with the keys that the agent does not have
 */
record AgentIdentities(LoginKeys keys, IdentityRepository files) implements IdentityRepository {

    private static final Logger LOG = LoggerFactory.getLogger(AgentIdentities.class);

    /** A key that the agent signs with. */
    private record Held(SshAgent agent, SshAgent.Key key) implements Identity {
        @Override
        public boolean setPassphrase(byte[] passphrase) {
            return true;
        }

        @Override
        public byte[] getPublicKeyBlob() {
            return key.blob();
        }

        @Override
        public byte[] getSignature(byte[] data) {
            return getSignature(data, getAlgName());
        }

        /** Null lets JSch go on with the next key. */
        @Override
        public byte[] getSignature(byte[] data, String algorithm) {
            try {
                return agent.sign(key.blob(), data, algorithm);
            } catch (AgentException e) {
                LOG.warn("{}", e.getMessage());
                return null;
            }
        }

        @Override
        public String getAlgName() {
            return key.type();
        }

        @Override
        public String getName() {
            return key.comment();
        }

        @Override
        public boolean isEncrypted() {
            return false;
        }

        @Override
        public void clear() {}
    }

    @Override
    public String getName() {
        return "ssh-agent";
    }

    @Override
    public int getStatus() {
        return RUNNING;
    }

    @Override
    @SuppressWarnings("JdkObsolete") // JSch's interface has it
    public Vector<Identity> getIdentities() {
        Vector<Identity> all = new Vector<>();
        keys.held().forEach(key -> all.add(new Held(keys.agent(), key)));
        all.addAll(files.getIdentities());
        return all;
    }

    @Override
    public boolean add(byte[] identity) {
        return false;
    }

    @Override
    public boolean remove(byte[] blob) {
        return false;
    }

    @Override
    public void removeAll() {}
}
