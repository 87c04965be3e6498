package dev.offsite.component;

import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.login.SshException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;

/**
 * The camel-ftp producers. They keep their connections during a run and are disconnected afterwards, or as soon as their
 * server turns out to take few connections.
 */
final class SftpProducers {

    private final CamelContext context;
    private final Map<String, Uses> uses = new HashMap<>();

    SftpProducers(CamelContext context) {
        this.context = context;
    }

    /** The producers of one endpoint. */
    private static final class Uses {
        private final ProducerTemplate template;
        private int count;

        Uses(ProducerTemplate template) {
            this.template = template;
        }
    }

    /**
     * Uploads a file to {@code path}, which is absolute and escaped for JSch.
     *
     * @return false if nothing was read from the file, because the server takes no more connections
     */
    boolean send(TargetConnection connection, String path, InputStream file) throws Exception {
        ProducerTemplate template = acquire(connection.sftp());
        try {
            Endpoint endpoint = context.getEndpoint(connection.sftp());
            Exchange exchange = endpoint.createExchange();
            exchange.getMessage().setBody(file);
            exchange.getMessage().setHeader(Exchange.OVERRULE_FILE_NAME, path);
            template.send(endpoint, exchange);
            if (exchange.getException() != null) {
                SshException refused = ObjectHelper.getException(SshException.class, exchange.getException());
                if (refused != null && refused.reason() == SshException.Reason.NO_PLACE) {
                    return false;
                }
                throw exchange.getException();
            }
            return true;
        } finally {
            release(connection);
        }
    }

    private synchronized ProducerTemplate acquire(String uri) {
        Uses its = uses.computeIfAbsent(uri, none -> {
            ProducerTemplate made = context.createProducerTemplate();
            made.start();
            return new Uses(made);
        });
        its.count++;
        return its.template;
    }

    private synchronized void release(TargetConnection connection) {
        uses.get(connection.sftp()).count--;
        if (connection.sessions().places().isLimited()) {
            disconnect(connection.sftp());
        }
    }

    private void disconnect(String uri) {
        uses.computeIfPresent(uri, (same, its) -> {
            if (its.count > 0) {
                return its;
            }
            its.template.stop();
            return null;
        });
    }

    /** Disconnects those that are not in use. */
    synchronized void disconnect() {
        List.copyOf(uses.keySet()).forEach(this::disconnect);
    }
}
