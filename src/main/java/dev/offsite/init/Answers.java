package dev.offsite.init;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a first configuration is made of.
 *
 * @param port 0 if it is not given
 * @param source an absolute path here
 * @param root an absolute path on the server
 * @param key as the configuration names it: relative to its folder, or absolute
 */
public record Answers(String host, int port, String user, String source, String root, String job, String key) {

    /** The key that init makes. */
    public static final String OWN_KEY = "id_ed25519";

    static final int STANDARD_PORT = 22;
    private static final String ANY_JOB = "backup";

    /** A name for the job that ships that folder. */
    public static String jobOf(String source) {
        String name = source.replaceFirst("/+$", "");
        name = name.substring(name.lastIndexOf('/') + 1)
                .replaceAll("[^A-Za-z0-9_]+", "-")
                .replaceAll("^-+|-+$", "");
        return name.isEmpty() ? ANY_JOB : name;
    }

    /** Whether a text can be a value in a configuration as it is. */
    public static boolean isPlain(String text) {
        return text.equals(text.strip()) && text.chars().noneMatch(Character::isISOControl) && !text.contains("{{");
    }

    /** The same with that port. */
    public Answers at(int number) {
        return new Answers(host, number, user, source, root, job, key);
    }

    /** The options of init whose answers are others, such as {@code --root}. */
    public List<String> differing(Answers other) {
        Map<String, Boolean> same = new LinkedHashMap<>();
        same.put("--server", host.equals(other.host));
        same.put("--port", port == other.port);
        same.put("--user", user.equals(other.user));
        same.put("--source", source.equals(other.source));
        same.put("--root", root.equals(other.root));
        same.put("--job", job.equals(other.job));
        same.put("--key", key.equals(other.key));
        return same.keySet().stream().filter(option -> !same.get(option)).toList();
    }

    /** The user and the server as ssh takes them. */
    public String login() {
        return user + "@" + host;
    }

    /** The options of init that answer all the same. */
    public List<String> options() {
        List<String> options = new ArrayList<>(List.of("--server", host));
        if (port > 0 && port != STANDARD_PORT) {
            options.addAll(List.of("--port", String.valueOf(port)));
        }
        options.addAll(List.of("--user", user, "--source", source, "--root", root));
        if (!job.equals(jobOf(source))) {
            options.addAll(List.of("--job", job));
        }
        if (!key.equals(OWN_KEY)) {
            options.addAll(List.of("--key", key));
        }
        return options;
    }
}
