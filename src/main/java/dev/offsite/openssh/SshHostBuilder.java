package dev.offsite.openssh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Collects lines; of most keywords, the first counts. */
final class SshHostBuilder {
    private static final Pattern OPTION = Pattern.compile("[a-z0-9]+");

    private final Path file;
    private final Surroundings here;
    private final String host;
    private final String user;
    private final Map<SshConfigKeyword, List<SshHost.Value>> values = new EnumMap<>(SshConfigKeyword.class);
    private final Map<String, String> refused = new LinkedHashMap<>();
    private String ignored = "";

    SshHostBuilder(Path file, Surroundings here, String host, String user) {
        this.file = file;
        this.here = here;
        this.host = host;
        this.user = user;
        if (user != null) {
            // As on ssh's command line: it wins over the file, and Match user sees it.
            SshConfigLine given = new SshConfigLine(file, 0, "user", user, List.of(user), List.of());
            values.put(SshConfigKeyword.USER, new ArrayList<>(List.of(new SshHost.Value(List.of(user), given))));
        }
    }

    /** @param unknown what Offsite cannot find out, and what decides whether this line counts; null if it counts */
    void take(SshConfigLine line, String unknown) throws SshConfigException {
        Optional<SshConfigKeyword> keyword = SshConfigKeyword.named(line.keyword());
        if (line.keyword().equals("ignoreunknown")) {
            ignored = ignored.isEmpty() ? line.arguments().get(0).toLowerCase(Locale.ROOT) : ignored;
        }
        if (keyword.isEmpty()) {
            boolean ignore =
                    SshConfigKeyword.isHarmless(line.keyword()) || Patterns.listMatches(ignored, line.keyword());
            if (!ignore) {
                String shown = OPTION.matcher(line.keyword()).matches() ? line.keyword() : "this keyword";
                refused.putIfAbsent(
                        line.where(), "Offsite does not know %s, and cannot tell whether it matters".formatted(shown));
            }
            return;
        }
        SshConfigKeyword key = keyword.get();
        if (isDecided(key) && !key.isList()) {
            return;
        }
        if (unknown != null) {
            refused.putIfAbsent(
                    line.where(),
                    "whether %s counts depends on %s, which Offsite does not find out".formatted(key.word(), unknown));
        } else if (key.isRefused(line.arguments())) {
            refused.putIfAbsent(
                    line.where(),
                    "%s matters for %s, and Offsite does not do it%s"
                            .formatted(
                                    key.word(),
                                    host,
                                    key == SshConfigKeyword.PROXY_COMMAND ? " (it does ProxyJump)" : ""));
        }
        List<SshHost.Value> list = values.computeIfAbsent(key, k -> new ArrayList<>());
        if (list.stream().noneMatch(value -> value.arguments().equals(line.arguments()))) {
            list.add(new SshHost.Value(line.arguments(), line));
        }
    }

    /** ProxyJump and ProxyCommand exclude each other: the first one counts. */
    private boolean isDecided(SshConfigKeyword key) {
        boolean proxy = key == SshConfigKeyword.PROXY_JUMP || key == SshConfigKeyword.PROXY_COMMAND;
        return proxy
                ? values.containsKey(SshConfigKeyword.PROXY_JUMP) || values.containsKey(SshConfigKeyword.PROXY_COMMAND)
                : values.containsKey(key);
    }

    String userSoFar() {
        List<SshHost.Value> said = values.get(SshConfigKeyword.USER);
        return said == null ? here.user() : said.get(0).first();
    }

    String hostName() throws SshConfigException {
        return hostName(host, values);
    }

    /** No line changes the real name any more. */
    String fixHostName() throws SshConfigException {
        String name = hostName();
        String literal = name.replace("%", "%%");
        SshConfigLine given = new SshConfigLine(file, 0, "hostname", literal, List.of(literal), List.of());
        values.put(SshConfigKeyword.HOST_NAME, List.of(new SshHost.Value(List.of(literal), given)));
        return name;
    }

    static String hostName(String host, Map<SshConfigKeyword, List<SshHost.Value>> values) throws SshConfigException {
        List<SshHost.Value> said = values.get(SshConfigKeyword.HOST_NAME);
        String name = said == null
                ? host
                : SshTokens.hostName(said.get(0).line(), said.get(0).first(), host);
        return name.toLowerCase(Locale.ROOT);
    }

    SshHost build() throws SshConfigException {
        if (!refused.isEmpty()) {
            Map.Entry<String, String> first = refused.entrySet().iterator().next();
            throw new SshConfigException("%s: %s".formatted(first.getKey(), first.getValue()));
        }
        return new SshHost(file, here, host, values, user);
    }
}
