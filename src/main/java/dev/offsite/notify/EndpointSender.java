package dev.offsite.notify;

import dev.offsite.io.Text;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.ProducerTemplate;

/** Sends messages to the endpoint of one receiver. */
final class EndpointSender {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private static final Pattern STATUS = Pattern.compile("statusCode: (\\d{3})");
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final String BOUNDARY = "=_offsite_";

    private final CamelContext context;
    private final Receiver receiver;
    private final String host;
    private ProducerTemplate template;
    private Endpoint endpoint;

    EndpointSender(CamelContext context, Receiver receiver, String host) {
        this.context = context;
        this.receiver = receiver;
        this.host = host;
    }

    /** Fails with {@link IOException} if the endpoint does not exist, with the reason and no secret. */
    synchronized void prepare() throws IOException {
        if (endpoint != null) {
            return;
        }
        Address to = receiver.to();
        try {
            if (context.getComponent(to.scheme()) == null) {
                throw new IOException(missing(to));
            }
            endpoint = context.getEndpoint(to.forCamel(host), password());
            template = context.createProducerTemplate();
        } catch (RuntimeException | LinkageError e) {
            throw new IOException(reason(e), e);
        }
    }

    /** As a bean it is in no URI, which may be logged; one that is not a String is searched for no placeholders. */
    private Map<String, Object> password() {
        Map<String, Object> option = new HashMap<>();
        receiver.to().password().ifPresent(secret -> {
            String bean = "offsite.notify." + receiver.name() + ".password";
            context.getRegistry().bind(bean, CharBuffer.wrap(secret));
            option.put(receiver.to().passwordOption(), "#bean:" + bean);
        });
        return option;
    }

    /** That no jar has the component of this address, and what to do. */
    static String missing(Address to) {
        return ("there is no component for %s: put the jar that has it into lib/ext, probably %s, with the jars that it"
                        + " needs")
                .formatted(to.scheme(), to.module());
    }

    /** What loads the classes of the context's components. */
    Optional<ClassLoader> classes() {
        return Optional.ofNullable(context.getApplicationContextClassLoader());
    }

    /** Returns when the endpoint accepted it. Fails with {@link IOException}, with the reason and no secret. */
    void send(Message message, String id) throws IOException {
        prepare();
        try {
            template.sendBodyAndHeaders(endpoint, body(message), headers(message, id));
        } catch (RuntimeException | LinkageError e) {
            throw new IOException(reason(e), e);
        }
    }

    private byte[] body(Message message) {
        String body = receiver.json() ? message.json().toJson() + "\n" : message.text();
        return (receiver.to().isMail() && !receiver.json() ? multipart(message) : body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, Object> headers(Message message, String id) {
        Map<String, Object> headers = new HashMap<>();
        headers.put("CamelOffsiteEvent", message.event());
        headers.put("CamelOffsiteJob", message.job());
        String type = receiver.json() ? "application/json" : "text/plain; charset=UTF-8";
        switch (receiver.to().scheme()) {
            case "http", "https" -> headers.put("Content-Type", type);
            case "smtp", "smtps" -> {
                headers.put("Subject", message.subject());
                headers.put(
                        "contentType",
                        receiver.json()
                                ? "application/json; charset=UTF-8"
                                : "multipart/mixed; boundary=\"" + BOUNDARY + "\"");
            }
            case "file" -> headers.put("CamelFileName", fileName(message, id));
            case "exec" -> {
                if (!receiver.to().has("args")) {
                    headers.put("CamelExecCommandArgs", arguments(message));
                }
            }
            default -> {}
        }
        return headers;
    }

    /** They can be no options, and have nothing that a shell script could stumble over. */
    private static List<String> arguments(Message message) {
        return SAFE.matcher(message.job()).matches()
                ? List.of(message.event(), message.job())
                : List.of(message.event());
    }

    private String fileName(Message message, String id) {
        String job = message.job().replaceAll("[^A-Za-z0-9_-]", "_");
        return "%s-%s-%s-%s.%s"
                .formatted(TIME.format(message.made()), job, message.event(), id, receiver.json() ? "json" : "txt");
    }

    /**
     * The text, with the JSON as an attachment. Camel's attachments are in a jar that the classes of the command do not
     * see: it is in {@code lib/notify}.
     */
    private static String multipart(Message message) {
        return part("text/plain; charset=UTF-8", "inline", message.text())
                + part(
                        "application/json; charset=UTF-8",
                        "attachment; filename=\"event.json\"",
                        message.json().toJson())
                + "--" + BOUNDARY + "--\r\n";
    }

    private static String part(String type, String disposition, String content) {
        return "--%s\r\nContent-Type: %s\r\nContent-Disposition: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"
                .formatted(
                        BOUNDARY,
                        type,
                        disposition,
                        Base64.getMimeEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)));
    }

    /** In one line. */
    private String reason(Throwable failure) {
        Throwable root = Text.root(failure);
        String said = String.valueOf(
                failure.getCause() == null
                        ? failure.getMessage()
                        : failure.getCause().getMessage());
        Matcher status = STATUS.matcher(said);
        String to = receiver.to().shown();
        if (status.find()) {
            return "%s answered with HTTP status %s".formatted(to, status.group(1));
        }
        if (root instanceof UnknownHostException) {
            return "%s: there is no such host".formatted(to);
        }
        if (root instanceof SocketTimeoutException) {
            return "%s did not answer in time".formatted(to);
        }
        if (root instanceof ConnectException) {
            return "%s cannot be reached: %s".formatted(to, receiver.to().hide(Text.reason(root)));
        }
        return "%s: %s".formatted(to, receiver.to().hide(Text.reason(root)));
    }

    synchronized void close() {
        if (template != null) {
            template.stop();
        }
    }
}
