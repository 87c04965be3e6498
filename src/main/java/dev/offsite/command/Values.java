package dev.offsite.command;

import dev.offsite.job.Setting;
import dev.offsite.retention.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.quartz.CronExpression;

/** What is wrong with a value, if anything. */
final class Values {

    private static final Pattern PERIOD =
            Pattern.compile("[0-9]{1,15}|(?=.)([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?");
    private static final int MOST_PARALLEL = 32;
    private static final int MOST_RETRIES = 100;

    private Values() {}

    /** The problem in a few words, without the key. */
    static Optional<String> problem(Setting setting, String value) {
        return switch (setting.type()) {
            case TEXT, SECRET, PATH -> Optional.empty();
            case FOLDER -> folder(Path.of(value));
            case FILE -> file(setting, Path.of(value));
            case ROOT -> root(value);
            case DURATION -> duration(value);
            case COUNT -> value.equals(RetentionPolicy.ALL) ? Optional.empty() : number(value, 1, Integer.MAX_VALUE);
            case PARALLEL -> number(value, 1, MOST_PARALLEL);
            case RETRIES -> number(value, 0, MOST_RETRIES);
            case PORT -> number(value, 1, 65_535);
            case BOOLEAN ->
                Set.of("true", "false").contains(value)
                        ? Optional.empty()
                        : Optional.of("'%s' is neither true nor false".formatted(value));
            case CRON -> cron(value);
        };
    }

    private static Optional<String> folder(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.of("there is no folder " + folder);
        }
        return Files.isReadable(folder)
                ? Optional.empty()
                : Optional.of("the folder %s may not be read".formatted(folder));
    }

    private static Optional<String> file(Setting setting, Path file) {
        if (!Files.isRegularFile(file)) {
            String what = setting == Setting.KNOWN_HOSTS
                    ? "; make it with ssh-keyscan -p <port> <host>, and compare the fingerprints with the server's"
                    : "";
            return Optional.of("there is no file " + file + what);
        }
        if (!Files.isReadable(file)) {
            return Optional.of("the file %s may not be read".formatted(file));
        }
        return setting != Setting.KNOWN_HOSTS && othersCanRead(file)
                ? Optional.of("the file %s can be read by others; chmod 600 it".formatted(file))
                : Optional.empty();
    }

    private static boolean othersCanRead(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static Optional<String> root(String value) {
        if (!value.startsWith("/")) {
            return Optional.of("'%s' is not absolute".formatted(value));
        }
        if (value.equals("/")) {
            return Optional.of("the root of the server is no place for backups; name a folder");
        }
        boolean odd = List.of(value.substring(1).split("/", -1)).stream()
                .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
        if (odd) {
            return Optional.of("'%s' has an empty, '.' or '..' part".formatted(value));
        }
        return value.contains("{") || value.contains("$") || value.chars().anyMatch(Character::isISOControl)
                ? Optional.of(
                        "'%s' has a character that a root cannot have ({, $, control characters)".formatted(value))
                : Optional.empty();
    }

    private static Optional<String> duration(String value) {
        // Camel's own parser lets "5x" pass and stumbles over "soon".
        return PERIOD.matcher(value).matches()
                ? Optional.empty()
                : Optional.of("'%s' is no period such as 10s, 5m or 1h30m".formatted(value));
    }

    private static Optional<String> number(String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return Optional.empty();
            }
        } catch (NumberFormatException e) {
            return Optional.of("'%s' is no whole number".formatted(value));
        }
        return Optional.of(
                most == Integer.MAX_VALUE
                        ? "'%s' is less than %d".formatted(value, least)
                        : "'%s' is not between %d and %d".formatted(value, least, most));
    }

    private static Optional<String> cron(String value) {
        try {
            CronExpression.validateExpression(value);
            return Optional.empty();
        } catch (ParseException e) {
            return Optional.of("'%s' is no Quartz cron expression: %s".formatted(value, e.getMessage()));
        }
    }
}
