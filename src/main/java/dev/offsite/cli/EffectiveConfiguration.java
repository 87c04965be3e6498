package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Setting;
import dev.offsite.job.SettingType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Describes the effective configuration: every value and where it comes from. */
public final class EffectiveConfiguration {

    private static final String MASK = "********";
    private static final Pattern ENVIRONMENT = Pattern.compile("\\{\\{env:([^:}]*)(:[^}]*)?}}");
    private static final int WIDEST = 72;

    private final Configuration configuration;

    EffectiveConfiguration(Configuration configuration) {
        this.configuration = configuration;
    }

    private record Line(String value, String origin) {}

    /** A block for all jobs, then one for each: {@code key=value  # origin}, with secrets masked. */
    String text() {
        StringBuilder text = new StringBuilder();
        List<Line> global = new ArrayList<>();
        for (Setting setting : Setting.ofAll()) {
            if (setting.scope() == Setting.Scope.GLOBAL) {
                String key = setting.globalKey();
                global.add(line(key, setting, key, key));
            }
        }
        text.append(block(global));
        for (String job : configuration.jobs()) {
            List<Line> lines = new ArrayList<>();
            for (Setting setting : Setting.ofJob()) {
                String own = setting.jobKey(job);
                boolean inherits = setting.scope() == Setting.Scope.TARGET
                        && !configuration.written().containsKey(own);
                lines.add(line(own, setting, inherits ? setting.globalKey() : own, setting.globalKey()));
            }
            text.append(System.lineSeparator()).append(block(lines));
        }
        return text.toString();
    }

    private static String block(List<Line> lines) {
        int width = lines.stream()
                .mapToInt(line -> line.value.length())
                .filter(length -> length <= WIDEST)
                .max()
                .orElse(0);
        return lines.stream()
                .map(line -> ("%-" + width + "s  # %s%n").formatted(line.value, line.origin))
                .collect(Collectors.joining());
    }

    /**
     * @param shown the key to show
     * @param from the key that sets the value
     * @param global the key that would set it for all jobs
     */
    private Line line(String shown, Setting setting, String from, String global) {
        String value = Text.line(configuration.values().getOrDefault(from, ""));
        boolean secret = setting.type() == SettingType.SECRET;
        String origin = origin(from, value);
        if (!from.equals(shown) && configuration.written().containsKey(from)) {
            origin = from + (origin.equals("file") ? "" : ", " + origin);
        } else if (!from.equals(global) && configuration.written().containsKey(global)) {
            String other = configuration
                    .values()
                    .getOrDefault(global, configuration.written().get(global));
            origin += ", not " + global + (secret ? "" : "=" + Text.line(other));
        }
        return new Line(shown + "=" + (secret && !value.isEmpty() ? MASK : value), origin);
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
