package dev.offsite.cli;

import dev.offsite.io.Placeholders;
import dev.offsite.io.Text;
import dev.offsite.job.HostName;
import dev.offsite.job.Jobs;
import dev.offsite.job.RenamedSetting;
import dev.offsite.job.Setting;
import dev.offsite.job.SettingType;
import dev.offsite.job.Target;
import dev.offsite.retention.RetentionPolicy;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;

/**
 * A checked configuration file. All problems are found at once, before anything starts.
 *
 * @param properties for Camel: local paths made absolute, defaults filled in
 * @param jobs names of the jobs, sorted
 * @param written what the file says, by key
 * @param values effective values by key: placeholders resolved, paths absolute, defaults included
 * @param targets what the values and the user's configuration of ssh come to, by job, without secrets
 */
public record Configuration(
        Path file,
        Properties properties,
        List<String> jobs,
        Map<String, String> written,
        Map<String, String> values,
        Map<String, Target> targets) {

    static final Pattern JOB_KEY = Pattern.compile("camel\\.(?i:route-?template)\\[([^\\]]*)\\]\\.(.+)");

    /** Fails with {@link CommandException} with a line for each problem, naming the key */
    static Configuration load(Path file) {
        return load(file, Set.of());
    }

    /** @param lenient the settings whose value may be invalid, since the command checks it itself */
    static Configuration load(Path file, Set<Setting> lenient) {
        Configuration read = read(file, lenient);
        if (read.jobs.isEmpty()) {
            throw new CommandException(file
                    + ": there is no job: add camel.routeTemplate[<name>].templateId=ship with its source and root");
        }
        return read;
    }

    /** The same for a command that needs no job. */
    static Configuration read(Path file, Set<Setting> lenient) {
        PropertiesFile read = PropertiesFile.ofConfiguration(file);
        return of(file, read, lenient, problem -> file + ": " + problem);
    }

    /**
     * What was read.
     *
     * @param message for a problem that begins with its key
     */
    static Configuration of(Path file, PropertiesFile read, Set<Setting> lenient, UnaryOperator<String> message) {
        Reading reading = new Reading(file.toAbsolutePath().normalize(), lenient);
        reading.properties.putAll(read.properties());
        reading.problems.addAll(read.problems());
        reading.checkKeys();
        reading.checkGlobal();
        reading.checkJobs();
        if (!reading.problems.isEmpty()) {
            throw new CommandException(reading.problems.stream().map(message).collect(Collectors.joining("\n")));
        }
        return new Configuration(
                reading.file,
                reading.properties,
                List.copyOf(reading.jobs.keySet()),
                Map.copyOf(reading.written),
                Map.copyOf(reading.values),
                Map.copyOf(reading.targets));
    }

    Path state() {
        return Path.of(properties.getProperty(Setting.STATE.globalKey()));
    }

    /** The effective value of a setting for all, with its placeholders resolved; empty if it is not set. */
    String resolved(Setting setting) {
        return values.getOrDefault(setting.globalKey(), "");
    }

    int retries() {
        return Integer.parseInt(values.get(Setting.RETRIES.globalKey()));
    }

    RouteFiles routeFiles() {
        return RouteFiles.read(file.getParent());
    }

    /** The effective value of a job's setting, with its placeholders resolved; empty if it is not set. */
    String resolved(String job, Setting setting) {
        return values.getOrDefault(setting.jobKey(job), values.getOrDefault(setting.globalKey(), ""));
    }

    private static final class Reading {
        private final Path file;
        private final Set<Setting> lenient;
        private final Properties properties = new Properties();
        private final Map<String, Set<String>> jobs = new TreeMap<>();
        private final Set<String> problems = new LinkedHashSet<>();
        private final Map<String, String> written = new TreeMap<>();
        private final Map<String, String> values = new TreeMap<>();
        private final Map<String, Target> targets = new TreeMap<>();
        private final TargetCheck targetCheck;
        private CamelContext placeholders;

        Reading(Path file, Set<Setting> lenient) {
            this.file = file;
            this.lenient = lenient;
            this.targetCheck = TargetCheck.ofThisProcess(lenient);
        }

        void checkKeys() {
            for (String key : properties.stringPropertyNames()) {
                Matcher job = JOB_KEY.matcher(key);
                if (job.matches()) {
                    jobs.computeIfAbsent(job.group(1), name -> new LinkedHashSet<>())
                            .add(job.group(2));
                } else if (PropertiesFile.isNearlyOfJob(key)) {
                    problems.add(key + ": is no key of a job; write camel.routeTemplate[<name>].<key>, and a backslash"
                            + " before each blank in the name");
                } else if (key.startsWith("offsite.") && !NotifyValidator.isOurs(key)) {
                    String name = key.substring("offsite.".length());
                    Optional<String> renamed = RenamedSetting.problem("offsite.", name);
                    if (renamed.isPresent()) {
                        problems.add(key + ": " + renamed.get());
                    } else if (Setting.named(name, Setting.ofAll()).isEmpty()) {
                        List<String> known =
                                Setting.ofAll().stream().map(Setting::globalKey).toList();
                        problems.add(key + ": there is no such key" + SpellingSuggestion.to(key, known));
                    }
                }
            }
            jobs.keySet().removeIf(job -> !isOurs(job));
        }

        /** Other templates are the user's own, in their route files. */
        private boolean isOurs(String job) {
            for (String key : List.of("templateId", "template-id")) {
                String template = properties.getProperty(Setting.jobKey(job, key));
                if (template != null) {
                    String name = template.strip();
                    if (!name.equals(Jobs.TEMPLATE)
                            && !name.contains(PropertiesComponent.PREFIX_TOKEN)
                            && !RouteFiles.read(file.getParent()).mention(name)) {
                        String suggestion = SpellingSuggestion.to(name, List.of(Jobs.TEMPLATE));
                        problems.add("%s: there is no route template '%s'%s"
                                .formatted(Setting.jobKey(job, key), Text.line(name), suggestion));
                    }
                    return name.equals(Jobs.TEMPLATE);
                }
            }
            problems.add("camel.routeTemplate[%s].templateId: is missing; write templateId=ship".formatted(job));
            return false;
        }

        void checkGlobal() {
            for (Setting setting : Setting.ofAll()) {
                note(setting.globalKey());
                boolean set = !properties.getProperty(setting.globalKey(), "").isBlank();
                if (setting.scope() == Setting.Scope.GLOBAL || (jobs.isEmpty() && set)) {
                    check(setting.globalKey(), setting);
                }
            }
        }

        void checkJobs() {
            Map<String, Map<Setting, String>> checked = new TreeMap<>();
            jobs.forEach((job, keys) -> {
                keys.forEach(key -> checkKey(job, key));
                Map<Setting, String> settings = check(job);
                checked.put(job, settings);
                targetCheck.standardConfig(settings).map(Path::toString).ifPresent(file -> {
                    settings.put(Setting.SSH_CONFIG, file);
                    values.put(Setting.SSH_CONFIG.jobKey(job), file);
                    properties.setProperty(Setting.SSH_CONFIG.jobKey(job), file);
                });
                targetCheck
                        .target(settings, (setting, problem) -> problems.add(keyOf(job, setting) + ": " + problem))
                        .ifPresent(target -> targets.put(job, target));
            });
            problems.addAll(NotifyValidator.problems(properties, jobs.keySet(), this::resolve, this::local));
            problems.addAll(CrossSettingValidator.problems(
                    checked, targets, values.getOrDefault(Setting.STATE.globalKey(), "")));
            problems.addAll(HttpSettings.problems(values));
        }

        private void checkKey(String job, String key) {
            String prefix = Setting.jobKey(job, "");
            String kebab = PropertiesFile.kebab(key);
            Optional<String> renamed = RenamedSetting.problem(prefix, key);
            if (renamed.isPresent()) {
                problems.add(prefix + key + ": " + renamed.get());
            } else if (!kebab.equals("template-id")
                    && Setting.named(kebab, Setting.ofJob()).isEmpty()) {
                List<String> known = Setting.ofJob().stream().map(Setting::key).toList();
                problems.add(prefix + key + ": there is no such key" + SpellingSuggestion.to(key, known));
            } else if (!kebab.equals(key)) {
                properties.putIfAbsent(prefix + kebab, properties.remove(prefix + key));
            }
        }

        private Map<Setting, String> check(String job) {
            Map<Setting, String> checked = new EnumMap<>(Setting.class);
            for (Setting setting : Setting.ofJob()) {
                checked.put(setting, check(keyOf(job, setting), setting));
            }
            return checked;
        }

        /** The key that sets it for the job. */
        private String keyOf(String job, Setting setting) {
            boolean shared =
                    setting.scope() == Setting.Scope.TARGET && properties.getProperty(setting.jobKey(job)) == null;
            return shared ? setting.globalKey() : setting.jobKey(job);
        }

        /** Whether the job has a retention rule besides that key. */
        private boolean hasOtherRule(String keep) {
            return EnumSet.range(Setting.KEEP_DAILY, Setting.KEEP_WITHIN).stream()
                    .map(rule -> keep.replace("].keep", "]." + rule.key()))
                    .anyMatch(key -> !properties.getProperty(key, "").isBlank());
        }

        private void note(String key) {
            // Adds nothing where there is none.
            written.computeIfAbsent(key, properties::getProperty);
        }

        private String check(String key, Setting setting) {
            note(key);
            String value = checked(key, setting, properties.getProperty(key, setting.defaultValue()));
            if (setting == Setting.KEEP && !properties.containsKey(key) && hasOtherRule(key)) {
                // The value is only the default, so that only the other rules count.
                value = "";
            }
            if (value != null) {
                values.put(key, value);
            }
            return value;
        }

        private String checked(String key, Setting setting, String raw) {
            if (raw == null || (raw.isBlank() && setting.defaultValue() == null)) {
                problems.add("%s: is missing (%s)".formatted(key, setting.description()));
                return null;
            }
            if (SettingValidator.isOpenSecret(setting, raw)) {
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
                } else if (setting == Setting.KEEP && hasOtherRule(key)) {
                    properties.remove(key);
                } else if (setting == Setting.KEEP) {
                    // Camel accepts no empty value, and its default would prune.
                    properties.setProperty(key, RetentionPolicy.ALL);
                } else if (setting.scope() == Setting.Scope.JOB
                        && setting.defaultValue().isEmpty()) {
                    // camel-main accepts no empty template parameter.
                    properties.remove(key);
                } else if (!setting.defaultValue().isEmpty() || !key.equals(setting.globalKey())) {
                    problems.add("%s: is empty; leave the key out".formatted(key));
                }
                return value;
            }
            if (setting.type().isLocalPath(value)) {
                value = local(value);
                if (value.contains(PropertiesComponent.PREFIX_TOKEN)) {
                    problems.add("%s: '%s' has {{ in it, which Camel would resolve again; use another path"
                            .formatted(key, value));
                    return null;
                }
                properties.setProperty(key, value);
            } else if (setting.type() == SettingType.PATTERNS) {
                value = value.replaceAll("\\s*,\\s*", ",");
                properties.setProperty(key, value);
            } else if (setting.type() == SettingType.ROOT) {
                value = value.length() > 1 && value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
                properties.setProperty(key, value);
            }
            Optional<String> problem =
                    lenient.contains(setting) ? Optional.empty() : SettingValidator.problem(setting, value);
            problem.ifPresent(text -> problems.add(key + ": " + text));
            return setting.type() == SettingType.HOST && problem.isEmpty() ? HostName.parse(value) : value;
        }

        private String local(String value) {
            String home = value.startsWith("~/") ? System.getProperty("user.home") + value.substring(1) : value;
            return file.getParent().resolve(home).normalize().toString();
        }

        private Optional<String> resolve(String raw) {
            if (!raw.contains(PropertiesComponent.PREFIX_TOKEN)) {
                return Optional.of(raw);
            }
            if (placeholders == null) {
                placeholders = new DefaultCamelContext();
                placeholders.getPropertiesComponent().setInitialProperties(properties);
                CamelApplication.environmentLast(placeholders);
            }
            try {
                return Optional.of(Placeholders.resolve(placeholders, raw));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }
}
