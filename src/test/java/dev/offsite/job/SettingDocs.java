package dev.offsite.job;

import dev.offsite.job.Setting.Scope;
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

                The configuration is one file of Java properties in UTF-8, `application.properties`. `offsite config` checks it and
                prints what is in effect. Any value may be taken from the environment: `{{env:NAME}}`, or `{{env:NAME:default}}`.
                Relative local paths are relative to the folder of that file, and `~/` is the home of the user who runs Offsite.

                A job is any name in brackets, with the template `ship`: `camel.routeTemplate[db].templateId=ship` makes the job `db`.
                Two jobs on the same server must not share a root, nor may one root lie below another.
                """);
        TITLES.forEach((scope, title) -> {
            text.append("\n## ")
                    .append(title)
                    .append("\n\n")
                    .append(intro(scope))
                    .append("\n\n");
            text.append("| Key | Meaning | Value | Default |\n|---|---|---|---|\n");
            of(scope).forEach(setting -> text.append(row(setting)));
        });
        return text.toString();
    }

    private static String intro(Scope scope) {
        return switch (scope) {
            case GLOBAL -> "Said once, for all jobs.";
            case TARGET ->
                "`offsite.` is for all jobs; the same key on a job wins over it, so jobs may go to different servers.\n"
                        + "Each job needs a key, a password or a password file.";
            case JOB -> "Said for each job.";
        };
    }

    private static String row(Setting setting) {
        String fallback = setting.defaultValue();
        return "| %s | %s | %s | %s |\n"
                .formatted(
                        keys(setting).map(key -> "`" + key + "`").collect(Collectors.joining("<br>")),
                        setting.description(),
                        setting.type().words(),
                        fallback == null ? "must be given" : fallback.isEmpty() ? "none" : "`" + fallback + "`");
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
                # Offsite's configuration. Every key is here; a value is its default, and a key that is left out has it. Those
                # marked "must be given" have none, and show an example. Remove the # before a line to make it count.
                # Relative paths are relative to this file's folder. {{env:NAME}} takes a value from the environment.
                # "offsite config" checks this file; docs/configuration.md is the same as a table.
                # Generated from dev.offsite.job.Setting; CONTRIBUTING.md says how.
                """);
        TITLES.forEach((scope, title) -> {
            text.append("\n# ---- %s %s\n".formatted(title, "-".repeat(100 - title.length())));
            switch (scope) {
                case GLOBAL -> {}
                case TARGET ->
                    text.append("# For all jobs; the same key on a job, as in camel.routeTemplate[db].host, wins.\n");
                case JOB ->
                    text.append(
                            """
                        # As many as you like, each with a name of its own in the brackets.

                        #camel.routeTemplate[%s].templateId=ship
                        """
                                    .formatted(JOB));
            }
            of(scope).forEach(setting -> text.append(entry(setting)));
        });
        return text.toString();
    }

    private static String entry(Setting setting) {
        String key = setting.scope() == Scope.JOB ? setting.jobKey(JOB) : setting.globalKey();
        boolean needed = setting.defaultValue() == null;
        return "\n# %s (%s)%s\n#%s=%s\n"
                .formatted(
                        setting.description(),
                        setting.type().words().replace("`", ""),
                        needed ? "; must be given" : "",
                        key,
                        needed ? EXAMPLES.get(setting) : setting.defaultValue());
    }

    private static List<Setting> of(Scope scope) {
        return Stream.of(Setting.values()).filter(s -> s.scope() == scope).toList();
    }
}
