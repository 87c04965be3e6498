package dev.offsite.notify;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The URI of an endpoint. It may have secrets, also in its path; it shows none of them. */
public final class Address {

    private static final Pattern URI = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://)?([^?]*)(?:\\?(.*))?");
    private static final Pattern OPTION =
            Pattern.compile("(?i)([^=&]*(?:password|passphrase|token|secret)[^=&]*)=([^&]*)");
    private static final Pattern USER = Pattern.compile("([^@/?]*)@.*");
    private static final Set<String> WEB = Set.of("http", "https");
    private static final Set<String> MAIL = Set.of("smtp", "smtps");
    private static final String HIDDEN = "***";

    /** Shorter texts stand in any message. */
    private static final int SHORTEST_SECRET = 4;

    /** For a connection, and for each answer, in milliseconds. */
    private static final int PATIENCE = 10_000;

    private final String uri;
    private final Matcher parts;
    private final String password;

    private Address(String uri, Matcher parts, String password) {
        this.uri = uri;
        this.parts = parts;
        this.password = password;
    }

    /** Empty if the text is no URI of an endpoint. */
    public static Optional<Address> parse(String text, Optional<String> password) {
        Matcher parts = URI.matcher(text.strip());
        return parts.matches()
                ? Optional.of(new Address(text.strip(), parts, password.orElse(null)))
                : Optional.empty();
    }

    public String scheme() {
        return parts.group(1).toLowerCase(Locale.ROOT);
    }

    boolean isWeb() {
        return WEB.contains(scheme());
    }

    boolean isMail() {
        return MAIL.contains(scheme());
    }

    /** Whether people or programs of the shell read what is sent there. */
    boolean isText() {
        return isMail() || Set.of("exec", "file", "log").contains(scheme());
    }

    /** The first option that has a secret in clear text, by its name. */
    public Optional<String> secretOption() {
        Matcher option = OPTION.matcher(query());
        while (option.find()) {
            String value = option.group(2);
            if (!value.isEmpty() && !value.contains("{{")) {
                return Optional.of(option.group(1));
            }
        }
        Matcher user = USER.matcher(parts.group(2));
        return user.matches() && user.group(1).contains(":") && !user.group(1).contains("{{")
                ? Optional.of("user:password@")
                : Optional.empty();
    }

    private String query() {
        return parts.group(3) == null ? "" : parts.group(3);
    }

    boolean has(String option) {
        return Pattern.compile("(?:^|&)" + Pattern.quote(option) + "=")
                .matcher(query())
                .find();
    }

    /** For Camel: with deadlines where it has none. */
    String forCamel(String host) {
        StringBuilder full = new StringBuilder(uri);
        if (isWeb()) {
            add(full, "connectTimeout", PATIENCE);
            add(full, "responseTimeout", PATIENCE);
            add(full, "soTimeout", PATIENCE);
        } else if (isMail()) {
            add(full, "connectionTimeout", PATIENCE);
            add(full, "from", "offsite@" + host.replaceAll("[^A-Za-z0-9.-]", "-"));
        } else if (scheme().equals("exec")) {
            add(full, "timeout", PATIENCE);
            add(full, "exitValues", 0);
        }
        return full.toString();
    }

    Optional<String> password() {
        return Optional.ofNullable(password);
    }

    /** The endpoint's option for it. */
    String passwordOption() {
        return isWeb() ? "authPassword" : "password";
    }

    private void add(StringBuilder full, String option, Object value) {
        if (!has(option)) {
            full.append(full.indexOf("?") < 0 ? "?" : "&")
                    .append(option)
                    .append('=')
                    .append(value);
        }
    }

    /** What may be shown: of a web address only its host, for its path may be a secret. */
    public String shown() {
        if (!isWeb()) {
            return parts.group(1) + ":" + (uri.startsWith(parts.group(1) + "://") ? "//" : "") + shownPath();
        }
        String host = parts.group(2).replaceFirst("/.*", "").replaceFirst(".*@", "");
        return "%s://%s/…".formatted(scheme(), host);
    }

    /** The whole address without what is secret in it. */
    public String described() {
        if (isWeb() || query().isEmpty()) {
            return shown();
        }
        return shown() + "?" + OPTION.matcher(query()).replaceAll("$1=" + HIDDEN);
    }

    private String shownPath() {
        String path = parts.group(2);
        Matcher user = USER.matcher(path);
        return user.matches() ? path.substring(user.group(1).length() + 1) : path;
    }

    /** The text without what is secret in the address. */
    String hide(String text) {
        List<String> secrets = new ArrayList<>();
        Optional.ofNullable(password).ifPresent(secrets::add);
        Matcher option = OPTION.matcher(query());
        while (option.find()) {
            secrets.add(option.group(2).replaceFirst("^RAW\\((.*)\\)$", "$1"));
        }
        if (isWeb()) {
            secrets.add(uri);
            String rest = parts.group(2).replaceFirst("^[^/]*/?", "");
            secrets.add(rest);
            secrets.addAll(List.of(rest.split("/", -1)));
            secrets.add(query());
            for (String given : query().split("&", -1)) {
                secrets.add(given.substring(given.indexOf('=') + 1));
            }
        }
        Matcher user = USER.matcher(parts.group(2));
        if (user.matches()) {
            secrets.addAll(List.of(user.group(1).split(":", 2)));
        }
        String hidden = text;
        for (String secret : secrets.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList()) {
            if (secret.length() >= SHORTEST_SECRET) {
                hidden = hidden.replace(secret, HIDDEN).replace(decoded(secret), HIDDEN);
            }
        }
        return hidden;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }

    /** The module of Camel that probably has the component. */
    public String module() {
        return "camel-"
                + Map.of("smtp", "mail", "smtps", "mail", "https", "http", "sjms2", "sjms")
                        .getOrDefault(scheme(), scheme());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address address
                && uri.equals(address.uri)
                && Optional.ofNullable(password).equals(Optional.ofNullable(address.password));
    }

    @Override
    public int hashCode() {
        return uri.hashCode();
    }

    @Override
    public String toString() {
        return shown();
    }
}
