package dev.offsite.component;

import dev.offsite.ship.Upload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;

/** The route {@code offsite-copy}, which uploads, verifies and publishes one file, for files that no job has polled. */
final class CopyRoute {

    /** Exchange property with the {@link Upload} that the exchange is about. */
    static final String UPLOAD = "CamelOffsiteUpload";

    private static final String URI = "direct:offsite-copy";

    private final CamelContext context;
    private ProducerTemplate producer;

    CopyRoute(CamelContext context) {
        this.context = context;
    }

    /** The upload that an exchange is about. */
    static Upload upload(Exchange exchange) {
        return exchange.getProperty(UPLOAD, Upload.class);
    }

    /** Sends a file through the route, in an exchange of its own. The future ends with the upload, or with why it failed. */
    CompletableFuture<Upload> send(Upload upload) {
        Exchange exchange = new DefaultExchange(context);
        exchange.setProperty(UPLOAD, upload);
        return producer().asyncSend(URI, exchange).handle((done, thrown) -> {
            Throwable failure = thrown == null ? done.getException() : thrown;
            if (failure == null) {
                upload.run().shipped(upload);
                return upload;
            }
            upload.run().failed(upload, failure);
            throw new CompletionException(failure);
        });
    }

    /** Sends a file and waits for its end. */
    void ship(Upload upload) throws Exception {
        try {
            send(upload).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private synchronized ProducerTemplate producer() {
        if (producer == null) {
            producer = context.createProducerTemplate();
            producer.start();
        }
        return producer;
    }

    synchronized void stop() {
        if (producer != null) {
            producer.stop();
            producer = null;
        }
    }
}
