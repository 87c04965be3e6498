package dev.offsite.component;

import java.io.InputStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** The camel-ftp producers. They keep their connections during a run and are disconnected afterwards. */
final class SftpProducers {

    private final CamelContext context;
    private ProducerTemplate producers;
    private int users;

    SftpProducers(CamelContext context) {
        this.context = context;
    }

    /** Uploads a file to {@code path}, which is absolute and escaped for JSch. */
    void send(String uri, String path, InputStream file) throws Exception {
        ProducerTemplate template = acquire();
        try {
            Endpoint endpoint = context.getEndpoint(uri);
            Exchange exchange = endpoint.createExchange();
            exchange.getMessage().setBody(file);
            exchange.getMessage().setHeader(Exchange.OVERRULE_FILE_NAME, path);
            template.send(endpoint, exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
        } finally {
            release();
        }
    }

    private synchronized ProducerTemplate acquire() {
        if (producers == null) {
            producers = context.createProducerTemplate();
            producers.start();
        }
        users++;
        return producers;
    }

    private synchronized void release() {
        users--;
    }

    /** Disconnects them, unless one is in use. */
    synchronized void disconnect() {
        if (producers != null && users == 0) {
            producers.stop();
            producers = null;
        }
    }
}
