package dev.offsite.cli;

import dev.offsite.job.Setting;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is said of a server that no job has: on the command line, in the configuration and in the environment, in this
 * order. What stands beside the name of another server is not for this one.
 *
 * @param values by setting, each with where it is from
 */
record ServerSettings(Map<Setting, Value> values) {

    private static final String HOST = "SSH_HOST";

    private static final Map<Setting, String> VARIABLES =
            Map.of(Setting.HOST, HOST, Setting.USER, "SSH_USER", Setting.PORT, "SSH_PORT", Setting.KEY, "SSH_KEY");

    /** They go to the server, so only to the one that they are for. */
    private static final Set<Setting> PASSWORDS = EnumSet.of(Setting.PASSWORD, Setting.PASSWORD_FILE);

    /**
     * The value of a setting.
     *
     * @param origin such as {@code SSH_PORT}; empty if it is in the path
     */
    record Value(String text, String origin) {}

    /**
     * Puts them together.
     *
     * @param port of the option; null if it is not given
     * @param configured settings that the configuration has for all jobs
     */
    static ServerSettings of(
            RemotePlace place, Integer port, Map<Setting, String> configured, Map<String, String> environment) {
        Map<Setting, Value> values = new EnumMap<>(Setting.class);
        put(values, Setting.HOST, place.host(), "");
        put(values, Setting.USER, place.user(), "");
        put(values, Setting.PORT, place.port() == 0 ? null : String.valueOf(place.port()), "");
        put(values, Setting.PORT, port == null ? null : port.toString(), "--port");

        boolean named = configured.containsKey(Setting.HOST);
        if (isFor(values, configured.get(Setting.HOST))) {
            configured.forEach((setting, text) -> {
                if (named || !PASSWORDS.contains(setting)) {
                    put(values, setting, text, setting.globalKey());
                }
            });
        }
        if (isFor(values, environment.get(HOST))) {
            VARIABLES.forEach((setting, name) -> put(values, setting, environment.get(name), name));
        }
        return new ServerSettings(values);
    }

    private static void put(Map<Setting, Value> values, Setting setting, String text, String origin) {
        if (text != null && !text.isBlank()) {
            values.putIfAbsent(setting, new Value(text.strip(), origin));
        }
    }

    private static boolean isFor(Map<Setting, Value> values, String host) {
        Value wanted = values.get(Setting.HOST);
        return host == null || host.isBlank() || wanted == null || wanted.text.equalsIgnoreCase(host.strip());
    }

    Optional<String> text(Setting setting) {
        return Optional.ofNullable(values.get(setting)).map(Value::text);
    }
}
