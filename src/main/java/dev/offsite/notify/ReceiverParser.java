package dev.offsite.notify;

import dev.offsite.io.TextFile;
import dev.offsite.job.JobEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the receivers of a configuration.
 *
 * @param values by their whole keys, {@code offsite.notify[<name>].<key>}; placeholders are resolved
 * @param suggestion what was probably meant: for a word, and those that there are
 */
public record ReceiverParser(Map<String, String> values, BiFunction<String, List<String>, String> suggestion) {

    private static final Set<String> FORMATS = Set.of("text", "json");

    /** The events that a message can begin with; the others are in the words of {@code offsite:events} too. */
    private static final Set<String> EVENTS = JobEvent.types();

    Set<String> names() {
        return values.keySet().stream()
                .map(NotifySetting::parse)
                .flatMap(Optional::stream)
                .map(NotifySetting.Key::receiver)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is wrong with the values themselves, each with its key; files are not read. */
    public List<String> problems(Set<String> jobs) {
        List<String> problems = new ArrayList<>();
        List<String> known =
                Stream.of(NotifySetting.values()).map(NotifySetting::key).toList();
        for (String key : values.keySet()) {
            Optional<NotifySetting.Key> parts = NotifySetting.parse(key);
            if (parts.isEmpty() || parts.get().receiver().isBlank()) {
                problems.add(key + ": is no key of a receiver; write offsite.notify[<name>].to");
            } else if (NotifySetting.named(parts.get().setting()).isEmpty()) {
                problems.add(key + ": there is no such key"
                        + suggestion.apply(parts.get().setting(), known));
            }
        }
        names().stream().filter(name -> !name.isBlank()).forEach(name -> check(name, jobs, problems));
        return problems;
    }

    private void check(String name, Set<String> jobs, List<String> problems) {
        String to = value(name, NotifySetting.TO);
        String file = value(name, NotifySetting.TO_FILE);
        String key = NotifySetting.TO.of(name);
        if (to.isEmpty() && file.isEmpty()) {
            problems.add("%s: is missing (%s)".formatted(key, NotifySetting.TO.description()));
        } else if (!to.isEmpty() && !file.isEmpty()) {
            problems.add("%s: there is %s too; keep one of them".formatted(key, NotifySetting.TO_FILE.of(name)));
        } else if (!to.isEmpty() && Address.parse(to, Optional.empty()).isEmpty()) {
            problems.add("%s: this is no URI of a Camel endpoint, such as smtp://mail.example.org?to=ops@example.org"
                    .formatted(key));
        }
        unknown(name, NotifySetting.ON, EVENTS, "no event", problems);
        unknown(name, NotifySetting.JOBS, jobs, "no job", problems);
        unknown(name, NotifySetting.FORMAT, FORMATS, "no format", problems);
    }

    private void unknown(String name, NotifySetting setting, Set<String> known, String what, List<String> problems) {
        for (String one : list(name, setting)) {
            if (!known.contains(one)) {
                problems.add("%s: '%s' is %s%s"
                        .formatted(setting.of(name), one, what, suggestion.apply(one, List.copyOf(known))));
            }
        }
    }

    private String value(String name, NotifySetting setting) {
        String value = values.getOrDefault(setting.of(name), "").strip();
        return value.isEmpty() ? setting.defaultValue() : value;
    }

    private Set<String> list(String name, NotifySetting setting) {
        return Stream.of(value(name, setting).split(","))
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Reads one receiver, with its files.
     *
     * @throws IllegalArgumentException if that is not possible, with the key, the reason and no secret
     */
    Receiver receiver(String name) {
        String to = value(name, NotifySetting.TO);
        Address address = Address.parse(to.isEmpty() ? secret(name, NotifySetting.TO_FILE) : to, password(name))
                .orElseThrow(() -> new IllegalArgumentException("%s: has no URI of a Camel endpoint"
                        .formatted((to.isEmpty() ? NotifySetting.TO_FILE : NotifySetting.TO).of(name))));
        String format = value(name, NotifySetting.FORMAT);
        return new Receiver(
                name,
                address,
                list(name, NotifySetting.ON),
                list(name, NotifySetting.JOBS),
                format.isEmpty() ? !address.isText() : format.equals("json"));
    }

    private Optional<String> password(String name) {
        return value(name, NotifySetting.PASSWORD_FILE).isEmpty()
                ? Optional.empty()
                : Optional.of(secret(name, NotifySetting.PASSWORD_FILE));
    }

    private String secret(String name, NotifySetting setting) {
        String file = value(name, setting);
        if (file.isEmpty()) {
            return "";
        }
        try {
            return TextFile.read(Path.of(file)).lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("%s: the file %s cannot be read".formatted(setting.of(name), file), e);
        }
    }
}
