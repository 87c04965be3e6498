package dev.offsite.component;

import dev.offsite.component.CopyRoute.Waiting;
import dev.offsite.job.Job;
import dev.offsite.ship.CommitBatches;
import dev.offsite.ship.CommitBatches.Copy;
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
 * for the next, which takes them all ({@link CommitBatches}). Each file passes or fails on its own.
 */
final class VerifyProducer extends DefaultAsyncProducer {

    private final OffsiteEndpoint endpoint;
    private final CommitBatches.Step step = this::verify;

    VerifyProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Upload upload = CopyRoute.upload(exchange);
        try {
            upload.checkSent();
            endpoint.services().commits().verify(new Waiting(exchange, callback), step);
            return false;
        } catch (Exception | Error e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private void verify(List<Copy> batch) {
        Job job = batch.get(0).upload().job();
        List<ExpectedFile> expected = batch.stream()
                .map(Copy::upload)
                .map(upload -> new ExpectedFile(upload.part(), upload.sha256(), upload.copySize()))
                .toList();
        Verifier verifier = endpoint.services().verifier();
        try {
            verifier.beginSync(
                    job,
                    expected.stream().map(ExpectedFile::path).toList(),
                    expected.stream().mapToLong(ExpectedFile::size).sum());
            Map<String, VerificationResult> results = verifier.verify(job, expected);
            batch.forEach(sent -> end(sent, results.get(sent.upload().part())));
        } catch (NoVerificationException e) {
            // Nothing else sent to this target can be verified either.
            batch.forEach(sent -> fail(sent, sent.upload().run().refuse(e)));
        } catch (Exception | Error e) {
            batch.forEach(sent -> fail(sent, e));
        }
    }

    private void end(Copy sent, VerificationResult result) {
        if (result.isVerified()) {
            sent.upload().verified(result.verification().orElseThrow());
            sent.end(null);
        } else {
            if (result.state() != VerificationResult.State.UNVERIFIED) {
                sent.upload().startOver();
            }
            fail(sent, new VerificationException(result.reason()));
        }
    }

    /** In another thread: the error handler may end the exchange, which asks the server to remove the part file. */
    private void fail(Copy sent, Throwable failure) {
        try {
            endpoint.services().threads().execute(() -> sent.end(failure));
        } catch (RejectedExecutionException shutDown) {
            sent.end(failure);
        }
    }
}
