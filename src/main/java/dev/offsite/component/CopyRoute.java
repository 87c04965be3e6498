package dev.offsite.component;

import dev.offsite.ship.CommitBatches;
import dev.offsite.ship.Upload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;

/** The route {@code offsite-copy}: uploads, verifies and publishes one file that no job has polled. */
final class CopyRoute {

    /** Exchange property with the {@link Upload}. */
    static final String UPLOAD = "CamelOffsiteUpload";

    private static final String URI = "direct:offsite-copy";

    private final CamelContext context;
    private ProducerTemplate producer;

    CopyRoute(CamelContext context) {
        this.context = context;
    }

    /** An exchange that waits in one step of the route. It goes on once, however often it is told to. */
    static final class Waiting implements CommitBatches.Copy {
        private final Exchange exchange;
        private final Upload upload;
        private final AsyncCallback callback;
        private final AtomicBoolean ended = new AtomicBoolean();

        Waiting(Exchange exchange, AsyncCallback callback) {
            this.exchange = exchange;
            this.upload = CopyRoute.upload(exchange);
            this.callback = callback;
        }

        @Override
        public Upload upload() {
            return upload;
        }

        /** Lets it go on to the next step, or to the error handler if there is a failure. */
        @Override
        public void end(Throwable failure) {
            if (ended.compareAndSet(false, true)) {
                if (failure != null) {
                    exchange.setException(failure);
                }
                callback.done(false);
            }
        }
    }

    static Upload upload(Exchange exchange) {
        return exchange.getProperty(UPLOAD, Upload.class);
    }

    /** Sends a file through the route in its own exchange. The future completes with the upload or its failure. */
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

    void ship(Upload upload) throws Exception {
        try {
            upload.run().connection().activity().await(send(upload), "a copy was sent");
        } catch (ExecutionException e) {
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
