package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import dev.offsite.job.Target;
import dev.offsite.proof.Answer;
import dev.offsite.proof.Commands;
import dev.offsite.proof.HashCutException;
import dev.offsite.proof.RemoteCommand;
import dev.offsite.proof.SshClients;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.component.ssh.SshConfiguration;
import org.apache.camel.component.ssh.SshEndpoint;

/**
 * The commands of one target. They go over a connection that SFTP has logged in, on a channel of their own; where the server
 * opens no other (MaxSessions 1), through camel-ssh, which logs in for each.
 */
public final class ServerCommands implements Commands {

    private static final String OPTIONS = "?timeout=20000";

    private final CamelContext context;
    private final Target target;
    private final RemoteSessions sessions;
    private SshClients clients;
    private volatile boolean oneChannel;
    private volatile boolean run;

    ServerCommands(CamelContext context, Target target, RemoteSessions sessions) {
        this.context = context;
        this.target = target;
        this.sessions = sessions;
    }

    @Override
    public Answer run(String command, Duration deadline) throws HashCutException {
        Optional<Answer> answer = oneChannel ? Optional.empty() : besideSftp(command, deadline);
        if (answer.isEmpty()) {
            answer = Optional.of(new RemoteCommand(context, endpoint(), clients()).run(command, deadline));
        }
        run = true;
        return answer.get();
    }

    /** Whether one has run: if so, another costs next to nothing. */
    boolean haveRun() {
        return run && !oneChannel;
    }

    private Optional<Answer> besideSftp(String command, Duration deadline) throws HashCutException {
        RemoteSession session;
        try {
            session = sessions.take();
        } catch (JSchException e) {
            throw HashCutException.notRun(command, e);
        }
        boolean healthy = false;
        try {
            Optional<Answer> answer = session.run(command, deadline);
            healthy = session.isOpen();
            oneChannel = answer.isEmpty() && healthy;
            return answer;
        } catch (HashCutException e) {
            healthy = !e.hung() && session.isOpen();
            throw e;
        } finally {
            sessions.give(session, healthy);
        }
    }

    /** URI of the camel-ssh endpoint, without secrets. */
    private String endpoint() {
        String key = target.key() == null ? "" : target.key().toString();
        return "ssh:" + Connections.address(target) + OPTIONS + "&username=" + Connections.raw(target.user())
                + "&certResource=" + Connections.raw(key);
    }

    /** What makes the SSH clients of camel-ssh: at the first need, for that loads cryptography of its own. */
    public synchronized SshClients clients() {
        if (clients == null) {
            clients = new SshClients(target);
            SshConfiguration settings =
                    context.getEndpoint(endpoint(), SshEndpoint.class).getConfiguration();
            settings.setCertResource(null);
            settings.setKeyPairProvider(clients.userKey());
            settings.setPassword(target.password());
            settings.setClientBuilder(clients);
        }
        return clients;
    }
}
