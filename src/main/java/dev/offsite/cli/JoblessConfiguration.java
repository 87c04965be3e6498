package dev.offsite.cli;

import dev.offsite.init.InitFolders;
import dev.offsite.job.Setting;
import dev.offsite.openssh.Surroundings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Configurations for commands that need no job. No route of the user is in them. */
final class JoblessConfiguration {

    private JoblessConfiguration() {}

    /** For a machine without a configuration. */
    static Configuration none(Surroundings surroundings) {
        return of(Map.of(), Map.of(), surroundings);
    }

    /** What a configuration file without jobs says; the state is the user's own unless it says where. */
    static Configuration of(Configuration read, Surroundings surroundings) {
        return of(read.written(), read.values(), surroundings);
    }

    private static Configuration of(Map<String, String> written, Map<String, String> given, Surroundings surroundings) {
        Map<String, String> values = new HashMap<>(given);
        Properties properties = new Properties();
        for (Setting setting : Setting.ofAll()) {
            if (setting.scope() == Setting.Scope.GLOBAL) {
                String key = setting.globalKey();
                String value = setting == Setting.STATE && !written.containsKey(key)
                        ? InitFolders.stateOf(surroundings).toString()
                        : values.getOrDefault(key, setting.defaultValue());
                values.put(key, value);
                if (!value.isEmpty()) {
                    properties.setProperty(key, value);
                }
            }
        }
        Path state = Path.of(values.get(Setting.STATE.globalKey()));
        return new Configuration(
                state.resolve("none.properties"),
                properties,
                List.of(),
                Map.copyOf(written),
                Map.copyOf(values),
                Map.of());
    }
}
