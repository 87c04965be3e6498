package dev.offsite.transfer;

import dev.offsite.job.Target;
import dev.offsite.proof.SshClients;
import org.apache.camel.CamelContext;
import org.apache.camel.component.ssh.SshConfiguration;
import org.apache.camel.component.ssh.SshEndpoint;

/**
 * What a target's commands go through. Made at the first need: that loads an SSH client and its cryptography, which costs a
 * third of a second that an upload need not wait for.
 */
final class CommandAccess {

    private static final String OPTIONS = "?timeout=20000";

    private final CamelContext context;
    private final Target target;
    private SshClients clients;

    CommandAccess(CamelContext context, Target target) {
        this.context = context;
        this.target = target;
    }

    /** URI of the camel-ssh endpoint, without secrets. */
    String uri() {
        clients();
        return address();
    }

    private String address() {
        String key = target.key() == null ? "" : target.key().toString();
        return "ssh:" + Connections.address(target) + OPTIONS + "&username=" + Connections.raw(target.user())
                + "&certResource=" + Connections.raw(key);
    }

    /** What makes its SSH clients. */
    synchronized SshClients clients() {
        if (clients == null) {
            SshClients made = new SshClients(target);
            SshConfiguration settings =
                    context.getEndpoint(address(), SshEndpoint.class).getConfiguration();
            // What it makes has logged in already.
            settings.setCertResource(null);
            settings.setClientBuilder(made);
            clients = made;
        }
        return clients;
    }

    /** Whether there is a connection that no command uses now. */
    synchronized boolean isLoggedIn() {
        return clients != null && clients.isIdle();
    }

    /** Closes the connections that no command uses now. */
    synchronized void closeIdle() {
        if (clients != null) {
            clients.closeIdle();
        }
    }
}
