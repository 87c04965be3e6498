package dev.offsite.job;

import dev.offsite.job.Setting.Scope;
import dev.offsite.notify.NotifySetting;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is written of every {@link Setting}: the reference and the commented configuration file. */
final class SettingDocs {

    private static final String JOB = "db";
    private static final Map<Scope, String> TITLES = titles();
    private static final Map<Setting, String> EXAMPLES = Map.of(
            Setting.SOURCE, "/var/backups/db",
            Setting.ROOT, "/srv/offsite/db",
            Setting.HOST, "backup.example.org",
            Setting.USER, "offsite",
            Setting.KNOWN_HOSTS, "/etc/offsite/known_hosts");

    private SettingDocs() {}

    private static Map<Scope, String> titles() {
        Map<Scope, String> titles = new EnumMap<>(Scope.class);
        titles.put(Scope.GLOBAL, "Offsite itself");
        titles.put(Scope.TARGET, "The target");
        titles.put(Scope.JOB, "A job");
        return titles;
    }

    /** The text of {@code docs/configuration.md}. */
    static String reference() {
        StringBuilder text = new StringBuilder(
                """
                # Configuration

                <!-- Generated from dev.offsite.job.Setting; CONTRIBUTING.md says how. -->

                The configuration is one file in the format of Java properties, in UTF-8: `application.properties`. `offsite config` checks it and
                prints the values in effect. Any value can come from the environment: `{{env:NAME}}`, or with a default, `{{env:NAME:default}}`;
                what the variable has is taken as it is. In this file, write each backslash of a value twice.
                Relative local paths are relative to the folder of this file. `~/` is the home folder of the user who runs Offsite.

                Each job has a name of your choice, which you write in brackets: `camel.routeTemplate[db].templateId=ship` creates the job `db`.
                Two jobs on one server must not have the same root, and no root may be inside another.
                """);
        TITLES.forEach((scope, title) -> {
            text.append("\n## ")
                    .append(title)
                    .append("\n\n")
                    .append(intro(scope))
                    .append("\n\n");
            text.append("| Key | Description | Value | Default |\n|---|---|---|---|\n");
            of(scope).forEach(setting -> text.append(row(setting)));
        });
        text.append(
                """

                ## Notifications

                For each receiver, under a name of your choice in brackets: `offsite.notify[ops].to`. [notifications.md](notifications.md) has examples.

                | Key | Description | Value | Default |
                |---|---|---|---|
                """);
        Stream.of(NotifySetting.values())
                .forEach(setting -> text.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                setting.of("<name>"),
                                linked(setting.description()),
                                setting.words(),
                                setting.defaultValue().isEmpty() ? "none" : "`" + setting.defaultValue() + "`")));
        return text.toString();
    }

    private static String intro(Scope scope) {
        return switch (scope) {
            case GLOBAL -> "Set these once; they apply to all jobs.";
            case TARGET ->
                "Set these once for all jobs with the prefix `offsite.`, or for one job: the value of the job wins, so jobs can use different servers.\n"
                        + "Each job needs a key, a password or a password file.";
            case JOB -> "Set these for each job.";
        };
    }

    private static String row(Setting setting) {
        String fallback = setting.defaultValue();
        return "| %s | %s | %s | %s |\n"
                .formatted(
                        keys(setting).map(key -> "`" + key + "`").collect(Collectors.joining("<br>")),
                        linked(setting.description()),
                        setting.type().words(),
                        fallback == null ? "required" : fallback.isEmpty() ? "none" : "`" + fallback + "`");
    }

    /** Other pages are named by their path from the top, because help and man pages say the same. */
    private static String linked(String description) {
        return description.replaceAll("\\bdocs/([a-z-]+\\.md)", "[$1]($1)");
    }

    private static Stream<String> keys(Setting setting) {
        return switch (setting.scope()) {
            case GLOBAL -> Stream.of(setting.globalKey());
            case TARGET -> Stream.of(setting.globalKey(), setting.jobKey("<job>"));
            case JOB -> Stream.of(setting.jobKey("<job>"));
        };
    }

    /** The text of {@code application.properties}. */
    static String example() {
        StringBuilder text = new StringBuilder(
                """
                # The configuration of Offsite. Every key is listed with its default. To change a value, remove the # before its line.
                # Keys marked "required" have no default and show an example.
                # Relative paths are relative to the folder of this file. {{env:NAME}} takes a value from the environment.
                # "offsite config" checks this file. docs/configuration.md has the same keys as a table.
                # Generated from dev.offsite.job.Setting; see CONTRIBUTING.md.
                """);
        TITLES.forEach((scope, title) -> {
            text.append("\n# ---- %s %s\n".formatted(title, "-".repeat(100 - title.length())));
            switch (scope) {
                case GLOBAL -> {}
                case TARGET ->
                    text.append(
                            "# For all jobs. To set one for a single job, write camel.routeTemplate[db].host and so on.\n");
                case JOB ->
                    text.append(
                            """
                        # You can have any number of jobs. Write the name of each in the brackets.

                        #camel.routeTemplate[%s].templateId=ship
                        """
                                    .formatted(JOB));
            }
            of(scope).forEach(setting -> text.append(entry(setting)));
        });
        text.append(
                "\n# ---- Notifications %s\n# You can have any number of receivers. Write the name of each in the brackets.\n"
                        .formatted("-".repeat(87)));
        Stream.of(NotifySetting.values())
                .forEach(setting -> text.append("\n# %s (%s)\n#%s=%s\n"
                        .formatted(
                                setting.description(),
                                setting.words().replace("`", ""),
                                setting.of("ops"),
                                setting == NotifySetting.TO
                                        ? "smtp://mail.example.org?to=ops@example.org"
                                        : setting.defaultValue())));
        return text.toString();
    }

    private static String entry(Setting setting) {
        String key = setting.scope() == Scope.JOB ? setting.jobKey(JOB) : setting.globalKey();
        boolean needed = setting.defaultValue() == null;
        return "\n# %s (%s)%s\n#%s=%s\n"
                .formatted(
                        setting.description(),
                        setting.type().words().replace("`", ""),
                        needed ? "; required" : "",
                        key,
                        EXAMPLES.getOrDefault(setting, setting.defaultValue()));
    }

    private static List<Setting> of(Scope scope) {
        return Stream.of(Setting.values()).filter(s -> s.scope() == scope).toList();
    }
}
