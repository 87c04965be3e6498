package dev.offsite.component;

import dev.offsite.component.CopyRoute.Waiting;
import dev.offsite.io.Batcher;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.ship.Upload;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.NoVerificationException;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationResult;
import dev.offsite.verify.Verifier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * {@code offsite:verify}: compares what arrived with what was sent. While one hash command runs, finished uploads wait
 * for the next, which takes them all. Each file passes or fails on its own.
 */
final class VerifyProducer extends DefaultAsyncProducer {

    private final OffsiteEndpoint endpoint;
    private Batcher<Target, Waiting> batches;

    VerifyProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Verifier verifier = endpoint.services().verifier();
        batches = new Batcher<Target, Waiting>(
                        endpoint.services().threads(), (target, sent) -> verify(sent), this::fail)
                // Files uploaded meanwhile join the first batch.
                .beginning(verifier::awaitPrepared);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Upload upload = CopyRoute.upload(exchange);
        try {
            upload.checkSent();
            batches.add(upload.job().target(), new Waiting(exchange, callback));
            return false;
        } catch (Exception e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private void verify(List<Waiting> batch) {
        Job job = batch.get(0).upload().job();
        List<ExpectedFile> expected = batch.stream()
                .map(Waiting::upload)
                .map(upload -> new ExpectedFile(upload.part(), upload.sha256(), upload.size()))
                .toList();
        Verifier verifier = endpoint.services().verifier();
        try {
            Map<String, VerificationResult> results = verifier.verify(job, expected);
            batch.forEach(sent -> end(sent, results.get(sent.upload().part())));
        } catch (NoVerificationException e) {
            // Nothing else sent to this target can be verified either.
            batch.forEach(sent -> fail(sent, sent.upload().run().refuse(e)));
        } catch (Exception e) {
            batch.forEach(sent -> fail(sent, e));
        }
    }

    private void end(Waiting sent, VerificationResult result) {
        if (result.isVerified()) {
            sent.upload().verified(result.verification().orElseThrow());
            sent.end(null);
        } else {
            fail(sent, new VerificationException(result.reason()));
        }
    }

    /** In another thread: the error handler may end the exchange, which asks the server to remove the part file. */
    private void fail(Waiting sent, Throwable failure) {
        try {
            endpoint.services().threads().execute(() -> sent.end(failure));
        } catch (RejectedExecutionException shutDown) {
            sent.end(failure);
        }
    }
}
