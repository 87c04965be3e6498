package dev.offsite.metrics;

import java.util.List;
import org.apache.camel.CamelContext;

/**
 * Answers over HTTP for health and metrics. Its implementation needs libraries that are loaded only for it, so it is a
 * service of Java's {@link java.util.ServiceLoader}.
 */
public interface HttpServer {

    /** Before the context is configured. */
    void prepare(CamelContext context);

    /** Before the context is initialized; afterwards, its routes may use the server. */
    void configure(CamelContext context, HttpAddress address);

    /** Whether it listens, after the context started. */
    boolean isListening(CamelContext context);

    /** Answers with these metrics from now on. */
    void update(List<Metrics.Sample> samples);
}
