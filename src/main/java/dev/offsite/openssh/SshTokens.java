package dev.offsite.openssh;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces {@code %h}, {@code ~} and {@code ${NAME}} in the arguments of ssh_config. */
final class SshTokens {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern TIME = Pattern.compile("(?:([0-9]{1,6})([wdhmsWDHMS]?))");
    private static final Map<String, Integer> SECONDS =
            Map.of("w", 604_800, "d", 86_400, "h", 3_600, "m", 60, "s", 1, "", 1);

    private final Surroundings here;
    private final Map<Character, String> tokens;

    SshTokens(Surroundings here, String original, String host, int port, String user, String key) {
        this.here = here;
        this.tokens = Map.of(
                '%',
                "%",
                'd',
                here.home().toString(),
                'h',
                host,
                'k',
                key,
                'n',
                original,
                'p',
                String.valueOf(port),
                'r',
                user,
                'u',
                here.user());
    }

    static String hostName(SshConfigLine line, String text, String host) throws SshConfigException {
        return expand(line, text, Map.of('%', "%", 'h', host));
    }

    /** Relative paths are as seen from the home folder: whoever runs Offsite may be in any folder. */
    Path path(SshConfigLine line, String text) throws SshConfigException {
        return here.home().resolve(expand(line, variables(line, tilde(line, text)), tokens));
    }

    /** A path, or {@code $NAME} of a variable that has it. */
    Path agent(SshConfigLine line, String text) throws SshConfigException {
        if (text.startsWith("$") && !text.startsWith("${")) {
            String name = text.substring(1);
            return Path.of(here.variable(name)
                    .orElseThrow(() -> line.problem("there is no variable %s in the environment".formatted(name))));
        }
        return path(line, text);
    }

    private String tilde(SshConfigLine line, String text) throws SshConfigException {
        if (!text.startsWith("~")) {
            return text;
        }
        if (text.length() > 1 && text.charAt(1) != '/') {
            throw line.problem("Offsite does not look up the home of another user: " + text);
        }
        return here.home() + text.substring(1);
    }

    private String variables(SshConfigLine line, String text) throws SshConfigException {
        Matcher found = VARIABLE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (found.find()) {
            String name = found.group(1);
            String value = here.variable(name)
                    .orElseThrow(() -> line.problem("there is no variable %s in the environment".formatted(name)));
            found.appendReplacement(expanded, Matcher.quoteReplacement(value));
        }
        return found.appendTail(expanded).toString();
    }

    private static String expand(SshConfigLine line, String text, Map<Character, String> tokens)
            throws SshConfigException {
        StringBuilder expanded = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '%') {
                expanded.append(text.charAt(i));
                continue;
            }
            String value = ++i < text.length() ? tokens.get(text.charAt(i)) : null;
            if (value == null) {
                throw line.problem("Offsite does not know what %s stands for"
                        .formatted(text.substring(i - 1, Math.min(i + 1, text.length()))));
            }
            expanded.append(value);
        }
        return expanded.toString();
    }

    /** Such as {@code 90}, {@code 5m} or {@code 1h30m}; empty if it is none. */
    static Optional<Integer> seconds(String text) {
        Matcher parts = TIME.matcher(text);
        long seconds = 0;
        int end = 0;
        while (end < text.length() && parts.find(end) && parts.start() == end) {
            seconds +=
                    Long.parseLong(parts.group(1)) * SECONDS.get(parts.group(2).toLowerCase(Locale.ROOT));
            end = parts.end();
        }
        return end == 0 || end < text.length() || seconds > Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of((int) seconds);
    }
}
