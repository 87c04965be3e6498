package dev.offsite.component;

import dev.offsite.age.AgeIdentities;
import dev.offsite.restore.Opening;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.TargetException;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A producer for one operation: reads its options from the endpoint and the message. */
abstract class OffsiteProducer extends DefaultProducer {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final OffsiteEndpoint endpoint;

    OffsiteProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    /** Carries out the operation. */
    abstract void run(Exchange exchange) throws Exception;

    @Override
    public final void process(Exchange exchange) throws Exception {
        try {
            run(exchange);
        } catch (SshException e) {
            // Says which server and which key, as the ship route does.
            throw new TargetException(
                    FailureMessages.of(e, services().jobs().get(job(exchange.getMessage())))
                            .message(),
                    e);
        }
    }

    OffsiteEndpoint endpoint() {
        return endpoint;
    }

    OffsiteServices services() {
        return endpoint.services();
    }

    /**
     * The job of the endpoint, or else of the message.
     *
     * @throws IllegalArgumentException if neither names one
     */
    static String job(OffsiteEndpoint endpoint, Message message) {
        return endpoint.getJob() != null
                ? endpoint.getJob()
                : required(message, OffsiteConstants.JOB, "job", null, "name the job");
    }

    String job(Message message) {
        return job(endpoint, message);
    }

    /** The header, else the option; empty if neither is set. */
    static Optional<String> text(Message message, String header, String option) {
        Object value = message.getHeader(header);
        return Optional.ofNullable(value == null ? option : value.toString());
    }

    /** How encrypted copies are restored. */
    Opening opening() throws IOException {
        String identity = endpoint().getIdentity();
        return Opening.with(identity == null ? Optional.empty() : Optional.of(AgeIdentities.read(Path.of(identity))));
    }

    static boolean flag(Message message, String header, boolean option) {
        return message.getHeader(header, option, Boolean.class);
    }

    /** The header, else the option, one of which must be set. */
    static String required(Message message, String header, String optionName, String option, String what) {
        return text(message, header, option)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the option %s or the header %s must %s".formatted(optionName, header, what)));
    }

    interface Verb<T> {
        T run(String job) throws Exception;
    }

    /**
     * Runs the operation for the job, or for all jobs if it is {@code *}; the body becomes the result or the list of
     * results. Failures are logged, and thrown only for a single job.
     */
    <T> void forJobs(Exchange exchange, String verb, Verb<T> work) throws Exception {
        String job = job(exchange.getMessage());
        if (!job.equals(OffsiteEndpoint.ALL_JOBS)) {
            exchange.getMessage().setBody(logged(job, verb, work));
            return;
        }
        List<T> results = new ArrayList<>();
        for (String each : services().jobs().names()) {
            try {
                results.add(logged(each, verb, work));
            } catch (Exception e) {
                LOG.debug("{}: {} goes on with the next job", each, verb, e);
            }
        }
        exchange.getMessage().setBody(results);
    }

    private <T> T logged(String job, String verb, Verb<T> work) throws Exception {
        try {
            return work.run(job);
        } catch (Exception e) {
            String reason = FailureMessages.of(e, services().jobs().get(job)).message();
            LOG.error("{}: {}: {}", job, verb, reason);
            throw e;
        }
    }
}
