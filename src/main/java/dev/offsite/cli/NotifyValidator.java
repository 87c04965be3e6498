package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Setting;
import dev.offsite.notify.Address;
import dev.offsite.notify.NotifySetting;
import dev.offsite.notify.ReceiverParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Checks the receivers of notifications, and makes their paths absolute. */
final class NotifyValidator {

    private NotifyValidator() {}

    /** Whether a key is of a receiver, or nearly. */
    static boolean isOurs(String key) {
        return key.startsWith(NotifySetting.PREFIX);
    }

    /** A line for each problem, with its key. */
    static List<String> problems(
            Properties properties,
            Set<String> jobs,
            Function<String, Optional<String>> resolve,
            UnaryOperator<String> local) {
        List<String> problems = new ArrayList<>();
        Map<String, String> values = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (!isOurs(key)) {
                continue;
            }
            String raw = properties.getProperty(key).strip();
            Optional<NotifySetting> setting =
                    NotifySetting.parse(key).flatMap(one -> NotifySetting.named(one.setting()));
            Optional<String> secret = setting.filter(NotifySetting.TO::equals)
                    .flatMap(to -> Address.parse(raw, Optional.empty()))
                    .flatMap(Address::secretOption);
            Optional<String> value = resolve.apply(raw);
            if (secret.isPresent()) {
                problems.add("%s: no secret (%s) in this file, please: use {{env:NAME}}, %s or %s"
                        .formatted(
                                key,
                                secret.get(),
                                sibling(key, NotifySetting.PASSWORD_FILE),
                                sibling(key, NotifySetting.TO_FILE)));
            } else if (value.isEmpty()) {
                problems.add("%s: %s cannot be resolved; is the variable set?"
                        .formatted(
                                key,
                                setting.filter(NotifySetting.TO::equals).isPresent()
                                        ? "a placeholder"
                                        : Text.line(raw)));
            } else if (setting.filter(NotifySetting::isFile).isPresent()
                    && !value.get().isEmpty()) {
                properties.setProperty(key, local.apply(value.get()));
            }
            values.put(key, value.orElse(raw));
        }
        if (values.isEmpty()) {
            return problems;
        }
        problems.addAll(new ReceiverParser(values, SpellingSuggestion::to).problems(jobs));
        return problems;
    }

    /**
     * What is wrong with the files and endpoints of the receivers, by name. Nobody is told then, but backups are shipped; so
     * only {@code offsite config} fails for it.
     */
    static List<String> unusable(Configuration configuration, Map<String, String> broken) {
        List<String> problems = new ArrayList<>();
        broken.forEach((name, reason) -> problems.add("%s: %s".formatted(NotifySetting.TO.of(name), reason)));
        Properties properties = configuration.properties();
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            NotifySetting.parse(key)
                    .flatMap(one -> NotifySetting.named(one.setting()))
                    .filter(NotifySetting::isFile)
                    .flatMap(file -> SettingValidator.problem(Setting.PASSWORD_FILE, properties.getProperty(key)))
                    .ifPresent(problem -> problems.add(key + ": " + problem));
        }
        return problems;
    }

    /** The value as it may be shown. */
    static String shown(String key, String value) {
        boolean address = NotifySetting.parse(key)
                .flatMap(one -> NotifySetting.named(one.setting()))
                .filter(NotifySetting.TO::equals)
                .isPresent();
        return address
                ? Address.parse(value, Optional.empty()).map(Address::described).orElse("")
                : value;
    }

    private static String sibling(String key, NotifySetting setting) {
        return NotifySetting.parse(key).map(one -> setting.of(one.receiver())).orElse(key);
    }
}
