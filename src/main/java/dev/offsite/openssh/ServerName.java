package dev.offsite.openssh;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A server as known_hosts names it.
 *
 * @param host name or address
 * @param alias the name to look for instead, or null
 */
public record ServerName(String host, int port, String alias) {

    private static final int DEFAULT_PORT = 22;
    private static final Pattern NUMBERS = Pattern.compile("[0-9]+(?:\\.[0-9]+){0,3}");

    /** The name to look for first, with the port unless it is 22. */
    public String entry() {
        return alias != null || port == DEFAULT_PORT ? plain() : "[%s]:%d".formatted(plain(), port);
    }

    /** The name to look for if the first is nowhere. */
    Optional<String> otherEntry() {
        return entry().equals(plain()) ? Optional.empty() : Optional.of(plain());
    }

    /** The name that a certificate must be for. */
    String plain() {
        return alias == null ? canonical(host) : lower(alias);
    }

    /** OpenSSH looks for names in lower case, and for addresses in their shortest form. */
    private static String canonical(String host) {
        int zone = host.indexOf('%');
        String address = zone < 0 ? host : host.substring(0, zone);
        if (!address.contains(":") && !NUMBERS.matcher(address).matches()) {
            return lower(host);
        }
        try {
            // Looks nothing up: it is an address.
            InetAddress parsed = InetAddress.getByName(address);
            String text = parsed instanceof Inet6Address six ? shortest(six.getAddress()) : parsed.getHostAddress();
            return zone < 0 ? text : text + host.substring(zone);
        } catch (UnknownHostException e) {
            return lower(host);
        }
    }

    /** With {@code ::} in place of the longest row of zeros. */
    private static String shortest(byte[] address) {
        int[] groups = new int[8];
        int longest = 1;
        int start = -1;
        for (int i = 0, row = 0; i < groups.length; i++) {
            groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
            row = groups[i] == 0 ? row + 1 : 0;
            if (row > longest) {
                longest = row;
                start = i - row + 1;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /** Letters of ASCII only, and each byte as one character, as OpenSSH reads names. */
    static String lower(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
                bytes[i] = (byte) Character.toLowerCase(bytes[i]);
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
