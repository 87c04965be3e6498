package dev.offsite.component;

import dev.offsite.ship.ActiveRuns;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultExchange;

/**
 * Carries one file for somebody else's route. It travels in an exchange of its own: theirs keeps its body and its
 * headers, and what becomes of theirs later changes nothing about the copy.
 */
public final class PutProcessor extends AsyncProcessorSupport implements CamelContextAware {

    private static final String UPLOAD = "direct:offsite-upload";

    private final ActiveRuns runs;
    private CamelContext context;
    private ProducerTemplate producer;

    public PutProcessor(ActiveRuns runs) {
        this.runs = runs;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    @Override
    protected void doStart() {
        producer = context.createProducerTemplate();
    }

    @Override
    protected void doStop() {
        producer.stop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Exchange upload = new DefaultExchange(context);
        try {
            OffsiteConstants.OUT.forEach(exchange.getMessage()::removeHeader);
            runs.single(exchange.getMessage(), upload);
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        var unused = producer.asyncSend(UPLOAD, upload).whenComplete((done, thrown) -> {
            Throwable failure = thrown == null ? done.getException() : thrown;
            if (failure != null) {
                exchange.setException(failure);
            } else {
                OffsiteConstants.OUT.forEach(name ->
                        exchange.getMessage().setHeader(name, done.getMessage().getHeader(name)));
            }
            callback.done(false);
        });
        return false;
    }
}
