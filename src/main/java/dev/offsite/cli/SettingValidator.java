package dev.offsite.cli;

import dev.offsite.age.AgeRecipients;
import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.io.ByteSize;
import dev.offsite.io.Permissions;
import dev.offsite.io.TextFile;
import dev.offsite.job.CronTimes;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.HashProgram;
import dev.offsite.job.HostName;
import dev.offsite.job.ScrubBudget;
import dev.offsite.job.Setting;
import dev.offsite.job.SettingType;
import dev.offsite.job.SshPath;
import dev.offsite.job.TargetParser;
import dev.offsite.job.VerificationMethod;
import dev.offsite.notify.PingUrl;
import dev.offsite.openssh.AlgorithmKind;
import dev.offsite.openssh.Algorithms;
import dev.offsite.openssh.JumpHost;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.retention.Within;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.quartz.CronExpression;

/** Checks the value of a single setting. */
public final class SettingValidator {

    /** What Camel reads as a period, except a bare number: Camel means milliseconds, people mean seconds. */
    private static final Pattern DURATION =
            Pattern.compile("(?=.)([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?");

    /** Not possible in the path of a Camel endpoint URI. */
    private static final Pattern NO_FOLDER = Pattern.compile("[?\\\\]|%[0-9A-Fa-f]{2}");

    private static final Pattern NO_PARAMETER = Pattern.compile("[&+%#]|\\{\\{");

    /** Placeholders for the file's name in the name of a done file. */
    private static final Pattern FILE_NAME = Pattern.compile("\\$\\{file:name(\\.noext)?}");

    /** Only an empty default is allowed, since the default of a secret's placeholder would be in clear text. */
    private static final Pattern SECRET_SOURCE =
            Pattern.compile("\\{\\{(env:[^:{}]*:?|(secret|aws|gcp|azure|hashicorp)[:}].*)}}");

    private static final Set<Setting> READ_BY_LIBRARIES =
            EnumSet.of(Setting.KNOWN_HOSTS, Setting.KEY, Setting.VERIFY_KEY);

    private static final int MOST_PARALLEL = 32;
    private static final int MOST_CONNECTIONS = 1000;
    private static final int MOST_RETRIES = 100;

    private SettingValidator() {}

    /** Whether a secret is written into the configuration itself. */
    static boolean isOpenSecret(Setting setting, String raw) {
        return setting.type() == SettingType.SECRET
                && !raw.isBlank()
                && !SECRET_SOURCE.matcher(raw.strip()).matches();
    }

    /** The problem in a few words, without the key. */
    static Optional<String> problem(Setting setting, String value) {
        return switch (setting.type()) {
            case DONE_FILE -> doneFile(value);
            case PATTERNS -> plain(value);
            case URL -> refusal(value, PingUrl::parse);
            case DATABASE -> ClusterSettings.problem(value);
            case HOST -> refusal(value, HostName::parse);
            case TEXT, SECRET, PATH, COMMAND -> Optional.empty();
            case AFTER -> oneOf(value, "keep", "move", "delete");
            case DATED_BY -> oneOf(value, "run", "file");
            case MODES -> oneOf(value, "keep", "server");
            case FOLDER_FORMAT -> refusal(value, DatedFolder::new);
            case ZONE ->
                refusal(value, ZoneId::of)
                        .map(reason -> "'%s' is no time zone such as UTC or Europe/Berlin".formatted(value));
            case FOLDER -> folder(Path.of(value));
            case NEW_FILE -> newFile(Path.of(value));
            case FILE -> file(setting, Path.of(value));
            case SECRET_FILE -> file(setting, Path.of(value)).or(() -> secret(Path.of(value)));
            case SSH_CONFIG -> value.equals(TargetParser.NONE) ? Optional.empty() : file(setting, Path.of(value));
            case JUMP -> value.equals(TargetParser.NONE) ? Optional.empty() : refusal(value, JumpHost::parse);
            case AGENT -> Optional.empty();
            case ALGORITHMS -> algorithms(value);
            case ROOT -> root(value);
            case DURATION -> duration(value).or(() -> setting == Setting.POLL ? some(value) : Optional.empty());
            case COUNT -> value.equals(RetentionPolicy.ALL) ? Optional.empty() : number(value, 1, Integer.MAX_VALUE);
            case POSITIVE -> number(value, 1, Integer.MAX_VALUE);
            case PERIOD -> refusal(value, Within::parse);
            case GRACE -> value.equals("0") ? Optional.empty() : duration(value);
            case SHARE -> share(value);
            case PRUNE -> oneOf(value, "always", "never");
            case PARALLEL -> number(value, 1, MOST_PARALLEL);
            case CONNECTIONS -> number(value, 1, MOST_CONNECTIONS);
            case RETRIES -> number(value, 0, MOST_RETRIES);
            case PORT -> number(value, 1, 65_535);
            case BOOLEAN -> oneOf(value, "true", "false");
            case BYTES -> refusal(value, ByteSize::parse);
            case RATE -> refusal(value, BandwidthLimit::parse);
            // Quartz is slow to load, and only the service needs its schedules.
            case CRON ->
                value.equals(setting.defaultValue())
                        ? Optional.empty()
                        : refusal(value, CronExpression::validateExpression)
                                .map(reason -> "'%s' is no Quartz cron expression: %s".formatted(value, reason))
                                .or(() -> unless(
                                        new CronTimes(value, ZoneOffset.UTC)
                                                .next(Instant.now())
                                                .isPresent(),
                                        "'%s' never comes again",
                                        value));
            case RECIPIENTS -> refusal(value, AgeRecipients::read);
            case BUDGET -> refusal(value, ScrubBudget::parse);
            case VERIFY -> refusal(value, VerificationMethod::named);
            case VERIFY_COMMAND -> refusal(value, HashProgram::named);
            case SSH_PATH -> refusal(value, SshPath::parse);
        };
    }

    private static Optional<String> unless(boolean valid, String problem, Object value) {
        return valid ? Optional.empty() : Optional.of(problem.formatted(value));
    }

    private static Optional<String> oneOf(String value, String... known) {
        return List.of(known).contains(value)
                ? Optional.empty()
                : Optional.of("'%s' must be one of %s".formatted(value, String.join(", ", known)));
    }

    @FunctionalInterface
    private interface Parser {
        void parse(String value) throws ParseException;
    }

    /** The reason why the parser refuses the value. */
    private static Optional<String> refusal(String value, Parser parser) {
        try {
            parser.parse(value);
            return Optional.empty();
        } catch (IllegalArgumentException | DateTimeException | ParseException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static Optional<String> algorithms(String value) {
        return refusal(value, Algorithms::parse).map(reason -> Stream.of(value.split("[,+\\s-]{2,}|,"))
                .map(name -> name.replaceFirst("^[+-]", "").strip())
                .filter(name -> !name.isEmpty() && AlgorithmKind.of(name).isEmpty())
                .findFirst()
                .map(name -> reason + SpellingSuggestion.to(name, List.copyOf(Algorithms.names())))
                .orElse(reason));
    }

    private static Optional<String> share(String value) {
        return unless(value.matches("0|[0-9]{1,2}%"), "'%s' is no share from 0%% to 99%%, such as 25%%", value);
    }

    private static Optional<String> folder(Path folder) {
        boolean odd = NO_FOLDER.matcher(folder.toString()).find();
        return unless(
                !odd, "the path %s has what Camel takes for something else (?, \\, or %% and two hex digits)", folder);
    }

    private static Optional<String> newFile(Path file) {
        return unless(!Files.isDirectory(file), "%s is a folder; name a file in it", file)
                .or(() -> unless(
                        Files.isDirectory(file.getParent()),
                        "there is no folder %s; create it, for it is not created here",
                        file.getParent()));
    }

    private static Optional<String> file(Setting setting, Path file) {
        if (!Files.isRegularFile(file)) {
            String what = setting == Setting.KNOWN_HOSTS
                    ? "; make it with ssh-keyscan -p <port> <host>, and compare the fingerprints with the server's"
                    : "";
            return Optional.of("there is no file " + file + what);
        }
        return unless(Files.isReadable(file), "the file %s may not be read", file)
                .or(() -> unless(
                        setting.type() != SettingType.SECRET_FILE
                                || file.toFile().length() > 0,
                        "the file %s is empty",
                        file))
                .or(() -> unless(
                        !READ_BY_LIBRARIES.contains(setting) || !TextFile.isMarked(file),
                        "the file %s begins with a byte order mark, which hides its first line; save it without",
                        file));
    }

    private static Optional<String> secret(Path file) {
        boolean isPublic = file.toString().endsWith(".pub");
        return unless(
                isPublic || !Permissions.othersCanRead(file), "the file %s can be read by others; chmod 600 it", file);
    }

    private static Optional<String> root(String value) {
        if (!value.startsWith("/")) {
            return Optional.of("'%s' is not absolute: it must begin with /".formatted(value));
        }
        if (value.equals("/")) {
            return Optional.of("the root of the server is no place for backups; name a folder");
        }
        boolean odd = List.of(value.substring(1).split("/", -1)).stream()
                .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
        if (odd) {
            return Optional.of("'%s' has an empty, '.' or '..' part".formatted(value));
        }
        boolean plain = value.chars().noneMatch(c -> c == '{' || c == '$' || Character.isISOControl(c));
        return unless(plain, "'%s' has a character that a root cannot have ({, $, control characters)", value);
    }

    private static Optional<String> plain(String value) {
        boolean plain = !NO_PARAMETER.matcher(value).find();
        return unless(plain, "'%s' has what Camel takes for something else (& + %% # {{); write ? for it", value);
    }

    private static Optional<String> doneFile(String value) {
        String name = FILE_NAME.matcher(value).replaceFirst("");
        if (name.isEmpty()) {
            return Optional.of("'%s' is the file itself; add to it, such as ${file:name}.done".formatted(value));
        }
        boolean plain = !name.matches(".*[{}/*?&+%#].*");
        return unless(plain, "'%s' is no file name with ${file:name} or ${file:name.noext} in it", value);
    }

    private static Optional<String> some(String value) {
        return unless(!value.matches("[0a-z]+"), "'%s' is no time at all", value);
    }

    private static Optional<String> duration(String value) {
        if (value.matches("[0-9]+")) {
            return Optional.of("'%s' has no unit; write %ss for seconds, or such as 5m or 1h".formatted(value, value));
        }
        return unless(DURATION.matcher(value).matches(), "'%s' is no period such as 10s, 5m or 1h", value);
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
}
