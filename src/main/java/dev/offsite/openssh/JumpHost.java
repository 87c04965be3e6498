package dev.offsite.openssh;

import java.util.ArrayList;
import java.util.List;

/**
 * A server on the way, as {@code ssh -J} takes it.
 *
 * @param user null if it is not given
 * @param host name, address, or alias; an IPv6 address without brackets
 * @param port 0 if it is not given
 */
public record JumpHost(String user, String host, int port) {

    /**
     * Parses {@code user@host:port}, several separated by commas.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static List<JumpHost> parse(String text) {
        List<JumpHost> hosts = new ArrayList<>();
        for (String item : text.strip().split("\\s*,\\s*", -1)) {
            hosts.add(one(item));
        }
        return List.copyOf(hosts);
    }

    private static JumpHost one(String item) {
        String text = item.startsWith("ssh://") ? item.substring("ssh://".length()) : item;
        int at = text.lastIndexOf('@');
        String user = at < 0 ? null : text.substring(0, at);
        String host = text.substring(at + 1);
        int port = 0;
        int close = host.indexOf(']');
        if (host.startsWith("[") && close > 0) {
            port = port(item, host.substring(close + 1));
            host = host.substring(1, close);
        } else if (host.indexOf(':') >= 0 && host.indexOf(':') == host.lastIndexOf(':')) {
            port = port(item, host.substring(host.indexOf(':')));
            host = host.substring(0, host.indexOf(':'));
        }
        boolean plain = !host.isEmpty() && host.chars().noneMatch(c -> c <= ' ' || "/@[]\"'`$;|&<>".indexOf(c) >= 0);
        if (!plain || host.startsWith("-") || (user != null && (user.isEmpty() || user.contains(":")))) {
            throw new IllegalArgumentException(
                    "'%s' is no server as in user@host:port".formatted(withoutPassword(item)));
        }
        return new JumpHost(user, host, port);
    }

    /** Somebody may have written a password before the {@code @}. */
    private static String withoutPassword(String item) {
        return item.replaceFirst(":[^@/]*@", ":...@");
    }

    private static int port(String item, String text) {
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches(":[0-9]{1,5}") || Integer.parseInt(text.substring(1)) > 65_535 || text.matches(":0+")) {
            throw new IllegalArgumentException("'%s' has no port from 1 to 65535".formatted(withoutPassword(item)));
        }
        return Integer.parseInt(text.substring(1));
    }
}
