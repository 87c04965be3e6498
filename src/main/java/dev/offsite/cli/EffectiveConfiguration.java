package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.CronTimes;
import dev.offsite.job.Setting;
import dev.offsite.job.SettingType;
import dev.offsite.job.Target;
import dev.offsite.job.Way;
import dev.offsite.notify.PingUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;

/** Describes the effective configuration: every value and where it comes from. */
record EffectiveConfiguration(Configuration configuration, Instant now) {

    private static final String MASK = "********";
    private static final Pattern ENVIRONMENT = Pattern.compile("\\{\\{env:([^:}]*)(:[^}]*)?}}");
    private static final int WIDEST = 72;
    private static final int USUAL_PORT = 22;
    private static final Duration YEAR = Duration.ofDays(365);

    /**
     * One setting, and where its value comes from.
     *
     * @param job null for a key of all jobs
     */
    private record Line(String job, String key, String value, String origin) {

        String text() {
            return key + "=" + value;
        }

        JsonObject json() {
            JsonObject object = new JsonObject();
            object.put("job", job);
            object.put("key", key);
            object.put("value", value);
            object.put("origin", origin);
            return object;
        }
    }

    /** A block for all jobs, then one for each: {@code key=value  # origin}, with secrets masked. */
    String text() {
        StringBuilder text = new StringBuilder(block(general())).append(block(receivers()));
        List.of(Setting.PRUNE_SCHEDULE, Setting.SCRUB_SCHEDULE, Setting.DRILL_SCHEDULE)
                .forEach(setting -> text.append(skipped(setting.globalKey(), ZoneId.systemDefault())));
        for (String job : configuration.jobs()) {
            text.append(System.lineSeparator())
                    .append(block(of(job)))
                    .append(skipped(Setting.SCHEDULE.jobKey(job), zone(configuration.resolved(job, Setting.ZONE))));
        }
        return text.append(ageless()).toString();
    }

    /** The same for programs: an object for each key. */
    List<JsonObject> json() {
        return Stream.of(general(), receivers(), configuration.jobs().stream().flatMap(this::of))
                .flatMap(lines -> lines)
                .map(Line::json)
                .toList();
    }

    private Stream<Line> general() {
        return Setting.ofAll().stream()
                .filter(setting -> setting.scope() == Setting.Scope.GLOBAL)
                .map(setting -> line(null, setting, setting.globalKey(), setting.globalKey()));
    }

    private Stream<Line> receivers() {
        return configuration.properties().stringPropertyNames().stream()
                .filter(NotifyValidator::isOurs)
                .sorted()
                .map(this::receiver);
    }

    private Stream<Line> of(String job) {
        return Setting.ofJob().stream().map(setting -> line(setting, job));
    }

    /** Nobody would hear of it if such a job shipped nothing for months. */
    private String ageless() {
        List<String> jobs = configuration.jobs().stream()
                .filter(job -> configuration.resolved(job, Setting.MAX_AGE).isEmpty())
                .toList();
        return jobs.isEmpty()
                ? ""
                : "%n# no max-age, so nobody is told when nothing is shipped any more: %s; set %s, such as 26h for daily backups%n"
                        .formatted(Text.line(String.join(", ", jobs)), Setting.MAX_AGE.globalKey());
    }

    private Line receiver(String key) {
        String value = configuration.properties().getProperty(key);
        String origin = value.contains("{{") ? "file, with what {{ }} stands for" : "file";
        return new Line(null, key, Text.line(NotifyValidator.shown(key, value)), origin);
    }

    private static ZoneId zone(String name) {
        return name.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(name);
    }

    /** A line for each time of a schedule within a year that the clocks skip. */
    private String skipped(String key, ZoneId zone) {
        String cron = configuration.values().getOrDefault(key, "");
        if (cron.isEmpty()) {
            return "";
        }
        return new CronTimes(cron, zone)
                .skipped(now, now.plus(YEAR)).stream()
                        .map(skipped -> "# %s: the clocks in %s skip %s; that run is at %s%n"
                                .formatted(key, zone, skipped.time(), LocalDateTime.ofInstant(skipped.instead(), zone)))
                        .collect(Collectors.joining());
    }

    private static String block(Stream<Line> all) {
        List<Line> lines = all.toList();
        int width = lines.stream()
                .mapToInt(line -> line.text().length())
                .filter(length -> length <= WIDEST)
                .max()
                .orElse(0);
        return lines.stream()
                .map(line -> ("%-" + width + "s  # %s%n").formatted(line.text(), line.origin))
                .collect(Collectors.joining());
    }

    private Line line(Setting setting, String job) {
        String own = setting.jobKey(job);
        boolean inherits = setting.scope() == Setting.Scope.TARGET
                && !configuration.written().containsKey(own);
        String from = inherits ? setting.globalKey() : own;
        return fromSsh(setting, job, own, from).orElseGet(() -> line(job, setting, own, from));
    }

    /** What the user's configuration of ssh gives; empty if it gives nothing that is not set here. */
    private Optional<Line> fromSsh(Setting setting, String job, String shown, String from) {
        Target target = configuration.targets().get(job);
        Way way = target == null ? Way.PLAIN : target.way();
        boolean usual = setting == Setting.PORT
                && configuration.values().getOrDefault(from, "").isEmpty();
        if (way.file() == null || (usual && target.port() == USUAL_PORT)) {
            return usual ? Optional.of(new Line(job, shown, String.valueOf(USUAL_PORT), "default")) : Optional.empty();
        }
        String set = configuration.values().getOrDefault(from, "");
        String value =
                switch (setting) {
                    case HOST -> set.equals(target.host()) ? set : target.host();
                    case PORT -> String.valueOf(target.port());
                    case USER -> target.user();
                    case KEY -> files(target.key(), way.keys());
                    case KNOWN_HOSTS -> files(target.knownHosts(), way.knownHosts());
                    case JUMP -> way.jumps().stream().map(Target::toString).collect(Collectors.joining(","));
                    case AGENT ->
                        way.agent() == null
                                ? ""
                                : way.agent().socket().isEmpty()
                                        ? "true"
                                        : way.agent().socket();
                    default -> set;
                };
        boolean given = set.isEmpty() && !value.isEmpty();
        boolean alias = setting == Setting.HOST && !value.equals(set);
        String origin =
                alias ? "%s, which is %s in %s".formatted(origin(from, set), value, way.file()) : way.file() + "";
        return given || alias
                ? Optional.of(new Line(job, shown, Text.line(alias ? set : value), origin))
                : Optional.empty();
    }

    private static String files(Path first, List<Path> others) {
        return Stream.concat(Stream.ofNullable(first), others.stream())
                .map(Path::toString)
                .collect(Collectors.joining(" "));
    }

    /**
     * @param shown the key to show
     * @param from the key that sets the value
     */
    private Line line(String job, Setting setting, String shown, String from) {
        Map<String, String> written = configuration.written();
        String value = Text.line(configuration.values().getOrDefault(from, ""));
        String origin = origin(from, value);
        String global = setting.globalKey();
        if (!from.equals(shown) && written.containsKey(from)) {
            origin = from + (origin.equals("file") ? "" : ", " + origin);
        } else if (!from.equals(global) && written.containsKey(global)) {
            String other = configuration.values().getOrDefault(global, written.get(global));
            origin += ", not " + global
                    + (setting.type() == SettingType.SECRET ? "" : "=" + Text.line(shown(setting, other)));
        }
        return new Line(job, shown, shown(setting, value), origin);
    }

    private static String shown(Setting setting, String value) {
        if (value.isEmpty()) {
            return "";
        }
        return switch (setting.type()) {
            case SECRET -> MASK;
            case URL -> PingUrl.parse(value).shown();
            default -> value;
        };
    }

    private String origin(String key, String value) {
        String written = configuration.written().get(key);
        if (written == null) {
            return value.isEmpty() ? "not set" : "default";
        }
        Matcher environment = ENVIRONMENT.matcher(written);
        if (environment.find()) {
            String name = environment.group(1);
            return System.getenv(name) == null
                    ? "file, environment %s is not set".formatted(name)
                    : "environment %s".formatted(name);
        }
        return written.contains("{{") ? "file, " + Text.line(written) : "file";
    }
}
