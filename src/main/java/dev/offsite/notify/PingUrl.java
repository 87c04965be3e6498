package dev.offsite.notify;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The address of a dead man's switch. Whoever knows it can ping, so only its host is shown. */
public record PingUrl(URI url) {

    /** What happened. */
    enum Signal {
        START("/start"),
        WELL(""),
        FAIL("/fail");

        private final String path;

        Signal(String path) {
            this.path = path;
        }
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if the text is none, with the reason, without the text
     */
    public static PingUrl parse(String text) {
        try {
            URI url = new URI(text.strip());
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
                return new PingUrl(url);
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("this is no URL: " + e.getReason(), e);
        }
        throw new IllegalArgumentException("this is no URL such as https://hc-ping.com/<uuid>");
    }

    URI of(Signal signal) {
        String path = String.valueOf(url.getRawPath()).replaceFirst("/$", "") + signal.path;
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return URI.create("%s://%s%s%s".formatted(url.getScheme(), url.getRawAuthority(), path, query));
    }

    public String shown() {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return "%s://%s%s/…".formatted(url.getScheme(), url.getHost(), port);
    }

    /** Tells it from others, and does not reveal it. */
    String id() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(url.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return shown();
    }
}
