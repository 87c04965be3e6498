package dev.offsite.cli;

import dev.offsite.job.Setting;
import dev.offsite.notify.NotifySetting;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code offsite help KEY} says of one setting.
 *
 * @param key the part of the key that follows the job or {@code offsite.}, such as {@code keep} or {@code notify.to}
 * @param lines how to write it in the configuration
 * @param fallback null if a value is required, empty if there is none
 */
record SettingHelp(String key, String description, List<String> lines, String value, String fallback) {

    private static final String ANY_JOB = "<job>";
    private static final String NOTIFY = "notify.";

    private static SettingHelp of(Setting setting) {
        String job = setting.jobKey(ANY_JOB) + "=…";
        String all = setting.globalKey() + "=…";
        List<String> lines =
                switch (setting.scope()) {
                    case JOB -> List.of(job);
                    case GLOBAL -> List.of(all);
                    case TARGET -> List.of(all + "  (for all jobs)", job + "  (for one job; it wins)");
                };
        return new SettingHelp(
                setting.key(), setting.description(), lines, setting.type().words(), setting.defaultValue());
    }

    private static SettingHelp of(NotifySetting setting) {
        return new SettingHelp(
                NOTIFY + setting.key(),
                setting.description(),
                List.of(setting.of("<name>") + "=…"),
                setting.words(),
                setting == NotifySetting.TO ? null : setting.defaultValue());
    }

    private static Stream<SettingHelp> all() {
        return Stream.concat(
                Stream.of(Setting.values()).map(SettingHelp::of),
                Stream.of(NotifySetting.values()).map(SettingHelp::of));
    }

    /** What a key can be called, each once. */
    static List<String> keys() {
        return all().map(SettingHelp::key).distinct().toList();
    }

    /** All settings that the word can mean: a key, whole or only its last part, also with a value behind it. */
    static List<SettingHelp> find(String word) {
        String key = word.strip().replaceFirst("[=:\\s].*", "");
        Optional<NotifySetting.Key> receiver = NotifySetting.parse(key);
        if (receiver.isPresent()) {
            String wanted = NOTIFY + receiver.get().setting();
            return all().filter(one -> one.key.equals(wanted)).toList();
        }
        var job = Configuration.JOB_KEY.matcher(key);
        if (job.matches()) {
            return Setting.named(job.group(2), Setting.ofJob()).map(SettingHelp::of).stream()
                    .toList();
        }
        if (key.startsWith("offsite.") && !key.startsWith("offsite.notify")) {
            String wanted = key.substring("offsite.".length());
            return Setting.named(wanted, Setting.ofAll()).map(SettingHelp::of).stream()
                    .toList();
        }
        return all().filter(one -> one.key.equals(key)).toList();
    }

    /** Several lines, without an end of the last one. */
    String text() {
        return """
                %s
                  %s.

                  Write:    %s
                  Value:    %s
                  Default:  %s"""
                .formatted(
                        key, description, String.join("\n            ", lines), value.replace("`", ""), shownDefault());
    }

    String shownDefault() {
        return fallback == null ? "none; it must be set" : fallback.isEmpty() ? "none" : fallback;
    }
}
