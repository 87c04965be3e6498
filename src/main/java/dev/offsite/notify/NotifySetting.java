package dev.offsite.notify;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every key of a receiver of notifications, {@code offsite.notify[<name>].<key>}, with its meaning and default. */
public enum NotifySetting {
    TO(
            "to",
            "Where messages go: any Camel endpoint, such as smtp://mail.example.org?to=ops@example.org (docs/notifications.md)",
            "endpoint URI, without a secret in it",
            ""),
    TO_FILE(
            "to-file",
            "File with that URI in its first line, for an address that is itself a secret, such as that of a webhook",
            "file on this machine that other users cannot read",
            ""),
    PASSWORD_FILE(
            "password-file",
            "File with the password of the endpoint in its first line",
            "file on this machine that other users cannot read",
            ""),
    ON(
            "on",
            "Of what they are told: when one of these begins, again an hour later, then daily, and when it is over;"
                    + " of shipped, pruned, repaired and drilled each time",
            "events, separated by commas",
            "failed,stale,damaged,refused"),
    JOBS("jobs", "Of which jobs; default: of all", "names of jobs, separated by commas", ""),
    FORMAT(
            "format",
            "How the message is written; default: text for mail, exec: and file:, else json",
            "`text` or `json`",
            "");

    /** The name of the receiver, and the rest. */
    private static final Pattern KEY = Pattern.compile("offsite\\.notify\\[([^\\]]*)]\\.(.+)");

    public static final String PREFIX = "offsite.notify";

    private final String key;
    private final String description;
    private final String words;
    private final String defaultValue;

    NotifySetting(String key, String description, String words, String defaultValue) {
        this.key = key;
        this.description = description;
        this.words = words;
        this.defaultValue = defaultValue;
    }

    /** The last part of the key. */
    public String key() {
        return key;
    }

    public String description() {
        return description;
    }

    /** What its value is, for the reference documentation. */
    public String words() {
        return words;
    }

    public String defaultValue() {
        return defaultValue;
    }

    /** The whole key. */
    public String of(String receiver) {
        return "%s[%s].%s".formatted(PREFIX, receiver, key);
    }

    public boolean isFile() {
        return this == TO_FILE || this == PASSWORD_FILE;
    }

    public static Optional<NotifySetting> named(String key) {
        return Stream.of(values()).filter(one -> one.key.equals(key)).findFirst();
    }

    /** The parts of a key of a receiver; empty if it is another key. */
    public static Optional<Key> parse(String key) {
        Matcher parts = KEY.matcher(key);
        return parts.matches() ? Optional.of(new Key(parts.group(1), parts.group(2))) : Optional.empty();
    }

    /** A key, split: {@code offsite.notify[<receiver>].<setting>}. */
    public record Key(String receiver, String setting) {}
}
