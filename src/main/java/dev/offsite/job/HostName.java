package dev.offsite.job;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name or address of a server, as people write it. */
public final class HostName {

    private static final Pattern URL = Pattern.compile(
            "(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:([^@/:]*)(?::[^@/]*)?@)?(\\[[^]]*]|[^:/@]*)(?::([0-9]+))?(?:/.*)?");

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*");
    private static final Pattern ADDRESS = Pattern.compile("([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(%[A-Za-z0-9_.-]+)?");

    private HostName() {}

    /**
     * The name or address itself: an IPv6 address without brackets, with its zone if it has one.
     *
     * @throws IllegalArgumentException if it is something else, with what to write instead
     */
    public static String parse(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        String host = brackets ? text.substring(1, text.length() - 1) : text;
        if (isAddress(host) || (!brackets && NAME.matcher(host).matches())) {
            return host;
        }
        Matcher url = URL.matcher(text);
        if (!url.matches() || url.group(2).isEmpty() || url.group(2).equals(text)) {
            throw new IllegalArgumentException("'%s' is no name or address of a server".formatted(text));
        }
        // Never the whole URL: it may have a password.
        throw new IllegalArgumentException("is more than the name of the server; write host=%s%s%s"
                .formatted(
                        parse(url.group(2)),
                        url.group(3) == null ? "" : ", port=" + url.group(3),
                        url.group(1) == null ? "" : ", user=" + url.group(1)));
    }

    private static boolean isAddress(String text) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches()) {
            return false;
        }
        try {
            // Looks nothing up: no name has a colon.
            return InetAddress.getByName(address.group(1)) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** As in a URL, with brackets around an IPv6 address. */
    public static String withPort(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
