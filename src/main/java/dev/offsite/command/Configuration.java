package dev.offsite.command;

import dev.offsite.job.Jobs;
import dev.offsite.job.Setting;
import dev.offsite.retention.RetentionPolicy;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * A configuration file, checked: every problem is found in one go, before anything is started.
 *
 * @param file the file
 * @param properties for Camel: local paths made absolute, defaults filled in
 * @param jobs names of the jobs, in the order of their names
 */
record Configuration(Path file, Properties properties, List<String> jobs) {

    private static final Pattern JOB_KEY = Pattern.compile("camel\\.(?i:routeTemplate)\\[([^\\]]*)\\]\\.(.+)");
    private static final Pattern SECRET_SOURCE =
            Pattern.compile("\\s*\\{\\{(env|secret|aws|gcp|azure|hashicorp)[:}].*");

    /**
     * Reads and checks the file.
     *
     * @throws CommandException with a line for each problem, naming the key
     */
    static Configuration load(Path file) {
        Reading reading = new Reading(file.toAbsolutePath().normalize());
        reading.read();
        reading.checkKeys();
        reading.checkGlobal();
        reading.checkJobs();
        if (!reading.problems.isEmpty()) {
            throw new CommandException(
                    ExitCode.CONFIGURATION,
                    reading.problems.stream().map(p -> file + ": " + p).toList());
        }
        return new Configuration(reading.file, reading.properties, List.copyOf(reading.jobs.keySet()));
    }

    /** The folder for what must be remembered. */
    Path state() {
        return Path.of(properties.getProperty(Setting.STATE.globalKey()));
    }

    /** A value of a job as it is in effect. */
    String value(String job, Setting setting) {
        String global = properties.getProperty(setting.globalKey(), setting.defaultValue());
        return properties.getProperty(
                setting.jobKey(job), setting.scope() == Setting.Scope.TARGET ? global : setting.defaultValue());
    }

    private static final class Reading {
        private final Path file;
        private final Properties properties = new Properties();
        private final Map<String, Set<String>> jobs = new TreeMap<>();
        private final Set<String> problems = new LinkedHashSet<>();
        private final CamelContext placeholders = new DefaultCamelContext();

        Reading(Path file) {
            this.file = file;
        }

        void read() {
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new CommandException(
                        ExitCode.CONFIGURATION,
                        List.of("the configuration %s cannot be read: %s".formatted(file, reason(e))));
            }
            // Java's properties keep blanks at the end, where nobody sees them.
            properties.replaceAll((key, value) -> ours((String) key) ? ((String) value).strip() : value);
            placeholders.getPropertiesComponent().setInitialProperties(properties);
        }

        private static boolean ours(String key) {
            return key.startsWith("offsite.") || JOB_KEY.matcher(key).matches();
        }

        private static String reason(Exception e) {
            return e instanceof java.nio.file.NoSuchFileException ? "there is no such file" : e.getMessage();
        }

        void checkKeys() {
            for (String key : properties.stringPropertyNames()) {
                Matcher job = JOB_KEY.matcher(key);
                if (job.matches()) {
                    jobs.computeIfAbsent(job.group(1), name -> new LinkedHashSet<>())
                            .add(job.group(2));
                } else if (key.startsWith("offsite.")) {
                    String name = key.substring("offsite.".length());
                    if (Setting.named(name, Setting.ofAll()).isEmpty()) {
                        problems.add(key + ": there is no such key"
                                + Nearest.to(
                                        key,
                                        Setting.ofAll().stream()
                                                .map(Setting::globalKey)
                                                .toList()));
                    }
                }
            }
            // Other templates are the user's own routes and none of our business.
            jobs.keySet().removeIf(job -> !Jobs.TEMPLATE.equals(templateOf(job)));
            if (jobs.isEmpty() && problems.isEmpty()) {
                problems.add(
                        "there is no job: add camel.routeTemplate[<name>].templateId=ship with its source and root");
            }
        }

        private String templateOf(String job) {
            for (String key : List.of("templateId", "template-id")) {
                String template = properties.getProperty("camel.routeTemplate[%s].%s".formatted(job, key));
                if (template != null) {
                    return template.strip();
                }
            }
            problems.add("camel.routeTemplate[%s].templateId: is missing; write templateId=ship".formatted(job));
            return null;
        }

        void checkGlobal() {
            for (Setting setting : Setting.ofAll()) {
                if (setting.scope() == Setting.Scope.GLOBAL) {
                    check(
                            setting.globalKey(),
                            setting,
                            properties.getProperty(setting.globalKey(), setting.defaultValue()));
                }
            }
        }

        void checkJobs() {
            jobs.forEach((job, keys) -> {
                for (String key : keys) {
                    String kebab = kebab(key);
                    if (!kebab.equals("template-id")
                            && Setting.named(kebab, Setting.ofJob()).isEmpty()) {
                        problems.add("camel.routeTemplate[%s].%s: there is no such key%s"
                                .formatted(
                                        job,
                                        key,
                                        Nearest.to(
                                                key,
                                                Setting.ofJob().stream()
                                                        .map(Setting::key)
                                                        .toList())));
                    } else if (!kebab.equals(key)) {
                        String prefix = "camel.routeTemplate[%s].".formatted(job);
                        properties.setProperty(prefix + kebab, (String) properties.remove(prefix + key));
                    }
                }
                Map<Setting, String> values = new LinkedHashMap<>();
                for (Setting setting : Setting.ofJob()) {
                    String key = setting.jobKey(job);
                    if (setting.scope() == Setting.Scope.TARGET && properties.getProperty(key) == null) {
                        key = setting.globalKey();
                    }
                    values.put(setting, check(key, setting, properties.getProperty(key, setting.defaultValue())));
                }
                checkTogether(job, values);
                if (blank(values.get(Setting.KEY))
                        && blank(values.get(Setting.PASSWORD))
                        && blank(values.get(Setting.PASSWORD_FILE))) {
                    problems.add("%s: is missing, and there is no password either".formatted(Setting.KEY.globalKey()));
                }
            });
            checkRoots();
        }

        private void checkTogether(String job, Map<Setting, String> values) {
            String moveTo = values.get(Setting.MOVE_TO);
            boolean moves = "move".equals(values.get(Setting.AFTER));
            if (moves && blank(moveTo)) {
                problems.add(Setting.MOVE_TO.jobKey(job) + ": is missing; after=move must say where to");
            }
            if (moves
                    && !blank(moveTo)
                    && !blank(values.get(Setting.SOURCE))
                    && Path.of(moveTo).startsWith(Path.of(values.get(Setting.SOURCE)))) {
                problems.add(Setting.MOVE_TO.jobKey(job)
                        + ": lies in the source folder; what is moved there would be shipped again");
            }
            if (!blank(values.get(Setting.SCHEDULE))) {
                properties.setProperty("camel.routeTemplate[%s].scheduler".formatted(job), "quartz");
            }
        }

        private static String kebab(String key) {
            return key.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
        }

        private static boolean blank(String value) {
            return value == null || value.isBlank();
        }

        /** Two jobs must not prune each other's folders. */
        private void checkRoots() {
            Map<String, List<String>> byTarget = new TreeMap<>();
            for (String job : jobs.keySet()) {
                byTarget.computeIfAbsent(
                                value(job, Setting.HOST) + ":" + value(job, Setting.PORT), t -> new ArrayList<>())
                        .add(job);
            }
            byTarget.values().forEach(names -> {
                for (String one : names) {
                    for (String other : names) {
                        String outer = value(one, Setting.ROOT);
                        String inner = value(other, Setting.ROOT);
                        boolean same = outer.equals(inner) && one.compareTo(other) < 0;
                        if (!outer.isEmpty() && (same || inner.startsWith(outer + "/"))) {
                            problems.add("%s: lies %s the root of job %s (%s); jobs must not share a root"
                                    .formatted(Setting.ROOT.jobKey(other), same ? "on" : "below", one, outer));
                        }
                    }
                }
            });
        }

        private String value(String job, Setting setting) {
            String global =
                    setting.scope() == Setting.Scope.TARGET ? properties.getProperty(setting.globalKey()) : null;
            String raw = properties.getProperty(setting.jobKey(job), global == null ? setting.defaultValue() : global);
            return raw == null ? "" : resolve(raw).orElse("");
        }

        private String check(String key, Setting setting, String raw) {
            if (raw == null || (raw.isBlank() && setting.defaultValue() == null)) {
                problems.add("%s: is missing (%s)".formatted(key, setting.description()));
                return null;
            }
            if (setting.type() == Setting.Type.SECRET
                    && !raw.isBlank()
                    && !SECRET_SOURCE.matcher(raw).matches()) {
                problems.add("%s: no secret in this file, please: use {{env:NAME}} or %s-file".formatted(key, key));
                return null;
            }
            Optional<String> resolved = resolve(raw);
            if (resolved.isEmpty()) {
                problems.add("%s: %s cannot be resolved; is the variable set?".formatted(key, raw.strip()));
                return null;
            }
            String value = resolved.get().strip();
            if (value.isEmpty()) {
                if (setting.defaultValue() == null) {
                    problems.add(
                            "%s: is empty: %s gives nothing (%s)".formatted(key, raw.strip(), setting.description()));
                } else if (setting == Setting.KEEP) {
                    // Camel takes no empty value, and its default would prune.
                    properties.setProperty(key, RetentionPolicy.ALL);
                } else if (setting.scope() == Setting.Scope.JOB
                        && setting.defaultValue().isEmpty()) {
                    // camel-main takes no parameter of a template that is empty.
                    properties.remove(key);
                } else if (!setting.defaultValue().isEmpty() || !key.equals(setting.globalKey())) {
                    problems.add("%s: is empty; leave the key out".formatted(key));
                }
                return value;
            }
            if (setting.type().isLocalPath()) {
                value = local(value);
                properties.setProperty(key, value);
            } else if (setting.type() == Setting.Type.ROOT) {
                value = value.length() > 1 && value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
                properties.setProperty(key, value);
            }
            Values.problem(setting, value).ifPresent(problem -> problems.add(key + ": " + problem));
            return value;
        }

        private String local(String value) {
            String home = value.startsWith("~/") ? System.getProperty("user.home") + value.substring(1) : value;
            return file.getParent().resolve(home).normalize().toString();
        }

        private Optional<String> resolve(String raw) {
            try {
                return Optional.of(placeholders.resolvePropertyPlaceholders(raw));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /** All effective values, one a line, secrets masked. */
    String effective() {
        StringBuilder text = new StringBuilder();
        for (Setting setting : Setting.ofAll()) {
            if (setting.scope() == Setting.Scope.GLOBAL) {
                text.append(line(
                        setting.globalKey(),
                        setting,
                        properties.getProperty(setting.globalKey(), setting.defaultValue())));
            }
        }
        for (String job : jobs) {
            text.append('\n');
            text.append(Setting.ofJob().stream()
                    .map(setting -> line(setting.jobKey(job), setting, value(job, setting)))
                    .collect(Collectors.joining()));
        }
        return text.toString();
    }

    private static String line(String key, Setting setting, String value) {
        boolean secret = setting.type() == Setting.Type.SECRET && value != null && !value.isBlank();
        return "%s=%s%n".formatted(key, secret ? "********" : value);
    }
}
