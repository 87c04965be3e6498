package dev.offsite.component;

import dev.offsite.io.Text;
import dev.offsite.manifest.Manifest;
import dev.offsite.ship.Upload;
import dev.offsite.source.ReservedName;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * {@code offsite:put}: ships one file for another route, in its own exchange. The route keeps its body and headers, and
 * nothing that later happens to its exchange affects the copy.
 */
final class PutProducer extends DefaultAsyncProducer {

    private static final List<String> RESULTS = List.of(
            OffsiteConstants.PATH, OffsiteConstants.SHA256, OffsiteConstants.SIZE, OffsiteConstants.VERIFICATION);

    private static final int MOST_SAID = 200;

    private final OffsiteEndpoint endpoint;

    PutProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Message message = exchange.getMessage();
        Upload upload;
        try {
            RESULTS.forEach(message::removeHeader);
            String job = OffsiteProducer.job(endpoint, message);
            File file = file(message);
            upload = endpoint.services().runs().single(job, file, name(message, file));
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        var unused = endpoint.services().copyRoute().send(upload).whenComplete((done, thrown) -> {
            if (thrown == null) {
                message.setHeader(OffsiteConstants.PATH, done.path());
                message.setHeader(OffsiteConstants.SHA256, done.sha256());
                message.setHeader(OffsiteConstants.SIZE, done.copySize());
                message.setHeader(
                        OffsiteConstants.VERIFICATION, done.verification().toString());
            } else {
                exchange.setException(thrown instanceof CompletionException ? thrown.getCause() : thrown);
            }
            callback.done(false);
        });
        return false;
    }

    private static File file(Message message) {
        Object body = message.getBody();
        // Camel would take a text as the content of a file, not as its path.
        File file = body instanceof String path ? new File(path) : message.getBody(File.class);
        if (file == null || !file.isFile()) {
            String found = body == null
                    ? "empty"
                    : body.getClass().getSimpleName() + (file == null ? "" : " " + shortened(file));
            throw new IllegalArgumentException(
                    "the body must be a regular file (File, Path or its path), not %s".formatted(found));
        }
        return file.getAbsoluteFile();
    }

    /** Shortened, because the text may be the content of a file. */
    private static String shortened(File file) {
        String path = Text.line(file.getPath());
        return path.length() <= MOST_SAID ? path : path.substring(0, MOST_SAID) + "…";
    }

    /** A polled file keeps its subfolders: two of the same name in different folders are different copies. */
    private static String nameBelowItsFolder(Message message, File file) {
        return message.getBody() instanceof GenericFile<?> polled ? polled.getRelativeFilePath() : file.getName();
    }

    private String name(Message message, File file) {
        String name = OffsiteProducer.text(message, OffsiteConstants.NAME, endpoint.getName())
                .orElseGet(() -> nameBelowItsFolder(message, file));
        Path path = Path.of(name);
        if (Manifest.fault(name).isPresent()) {
            throw new IllegalArgumentException(
                    "the name of a copy (option name, header %s) must be a relative path without . and .., not '%s'"
                            .formatted(OffsiteConstants.NAME, name));
        }
        ReservedName.reason(path).ifPresent(reason -> {
            throw new IllegalArgumentException("'%s': %s".formatted(name, reason));
        });
        return name;
    }
}
