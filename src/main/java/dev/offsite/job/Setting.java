package dev.offsite.job;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every configuration key with its meaning, type and default. A key in {@link Scope#JOB} is {@code
 * camel.routeTemplate[<job>].<name>}, one in {@link Scope#GLOBAL} is {@code offsite.<name>}, and one in {@link
 * Scope#TARGET} can be written both ways: for one job or for all.
 */
public enum Setting {
    SOURCE("source", Scope.JOB, SettingType.FOLDER, null, "Local folder whose finished files are shipped"),
    ROOT(
            "root",
            Scope.JOB,
            SettingType.ROOT,
            null,
            "Folder on the server, as an absolute path; the dated folders are created in it"),
    INCLUDE(
            "include",
            Scope.JOB,
            SettingType.PATTERNS,
            "",
            "Files to ship, as Ant patterns such as **/*.sql; default: all files"),
    EXCLUDE("exclude", Scope.JOB, SettingType.PATTERNS, "", "Files not to ship, as Ant patterns; wins over include"),
    RECURSIVE(
            "recursive",
            Scope.JOB,
            SettingType.BOOLEAN,
            "true",
            "Whether subfolders of the source are shipped too, with the same structure"),
    READY(
            "ready",
            Scope.JOB,
            SettingType.DURATION,
            "10s",
            "How long a file must be unchanged before it counts as finished"),
    DONE_FILE(
            "done-file",
            Scope.JOB,
            SettingType.DONE_FILE,
            "",
            "Marker file that says a file is finished, such as ${file:name}.done; it is not shipped, and is deleted when its own file is moved or deleted"),
    AFTER(
            "after",
            Scope.JOB,
            SettingType.AFTER,
            "keep",
            "What happens to a local file after its commit: keep, move or delete; a change does not affect files committed before"),
    MOVE_TO(
            "move-to",
            Scope.JOB,
            SettingType.PATH,
            "",
            "Local folder that committed files are moved to if after=move; existing files there are never replaced"),
    DATED_BY(
            "dated-by",
            Scope.JOB,
            SettingType.DATED_BY,
            "run",
            "Which day names the dated folder of a copy: the day of the run, or the day the file was last changed"),
    FOLDER_FORMAT(
            "folder-format",
            Scope.JOB,
            SettingType.FOLDER_FORMAT,
            "yyyyMMdd",
            "How the dated folders are named, as a Java date pattern"),
    ZONE(
            "zone",
            Scope.JOB,
            SettingType.ZONE,
            "",
            "Time zone for folder dates, schedule and limit, such as Europe/Berlin; default: the time zone of the system"),
    KEEP(
            "keep",
            Scope.JOB,
            SettingType.COUNT,
            "7",
            "How many of the newest verified folders to keep; all keeps every folder; the default of 7 applies only if no other keep-... is set"),
    KEEP_DAILY(
            "keep-daily",
            Scope.JOB,
            SettingType.COUNT,
            "",
            "Keep the verified folder of each of the last N days that have one"),
    KEEP_WEEKLY(
            "keep-weekly",
            Scope.JOB,
            SettingType.COUNT,
            "",
            "Keep the newest verified folder of each of the last N ISO weeks that have one"),
    KEEP_MONTHLY(
            "keep-monthly",
            Scope.JOB,
            SettingType.COUNT,
            "",
            "Keep the newest verified folder of each of the last N months that have one"),
    KEEP_YEARLY(
            "keep-yearly",
            Scope.JOB,
            SettingType.COUNT,
            "",
            "Keep the newest verified folder of each of the last N years that have one"),
    KEEP_WITHIN(
            "keep-within",
            Scope.JOB,
            SettingType.PERIOD,
            "",
            "Keep all verified folders of this period, which ends with the newest verified folder"),
    PRUNE(
            "prune",
            Scope.JOB,
            SettingType.PRUNE,
            "always",
            "Whether folders that no rule keeps are removed: always, or never (for servers where files can only be added)"),
    TRASH(
            "trash",
            Scope.JOB,
            SettingType.GRACE,
            "7d",
            "How long a pruned folder stays in .trash in the root, where offsite prune --undo can restore it; 0 deletes it at once"),
    PLAUSIBLE(
            "plausible",
            Scope.JOB,
            SettingType.SHARE,
            "25%",
            "Pruning stops when a new copy is empty or smaller than this share of the median of similar recent copies, until you acknowledge it; 0 turns the check off"),
    PARALLEL(
            "parallel",
            Scope.JOB,
            SettingType.PARALLEL,
            "8",
            "How many files are uploaded at a time, each over its own connection; if not set, 8, or 4 if the round trip to the server is shorter than 5 ms"),
    LIMIT(
            "limit",
            Scope.JOB,
            SettingType.RATE,
            "",
            "Maximum transfer rate of this job's file contents, over all its connections, up and down, optionally by time of day; default: no limit"),
    DRILL_COMMAND(
            "drill-command",
            Scope.JOB,
            SettingType.COMMAND,
            "",
            "Shell command that a drill runs in the folder of the restored files, with their names as $@; it must exit with 0"),
    POLL("poll", Scope.JOB, SettingType.DURATION, "1m", "How often the service looks for new files"),
    SCHEDULE(
            "schedule",
            Scope.JOB,
            SettingType.CRON,
            "",
            "When the service looks for new files, as a Quartz cron expression; replaces poll"),

    HOST("host", Scope.TARGET, SettingType.TEXT, null, "Name or address of the SSH server"),
    PORT("port", Scope.TARGET, SettingType.PORT, "22", "Port of the SSH server"),
    USER("user", Scope.TARGET, SettingType.TEXT, null, "User name on the server"),
    KEY("key", Scope.TARGET, SettingType.SECRET_FILE, "", "Private key file for the login"),
    PASSPHRASE("passphrase", Scope.TARGET, SettingType.SECRET, "", "Passphrase of the private key"),
    PASSWORD("password", Scope.TARGET, SettingType.SECRET, "", "Password for the login, if you use no key"),
    PASSPHRASE_FILE(
            "passphrase-file",
            Scope.TARGET,
            SettingType.SECRET_FILE,
            "",
            "File with the passphrase of the private key in its first line"),
    PASSWORD_FILE(
            "password-file", Scope.TARGET, SettingType.SECRET_FILE, "", "File with the password in its first line"),
    KNOWN_HOSTS(
            "known-hosts",
            Scope.TARGET,
            SettingType.FILE,
            null,
            "File with the server's host keys, in the format of OpenSSH's known_hosts"),
    VERIFY(
            "verify",
            Scope.TARGET,
            SettingType.VERIFY,
            "readback",
            "If the server cannot hash a copy: fail (hash), download it again and hash it here (readback), or compare only its size (size)"),
    VERIFY_COMMAND(
            "verify.command",
            Scope.TARGET,
            SettingType.VERIFY_COMMAND,
            "auto",
            "Program that the server hashes copies with; auto takes the fastest one that works there, any other value is used exclusively"),
    VERIFY_USER(
            "verify.user",
            Scope.TARGET,
            SettingType.TEXT,
            "",
            "User name of a separate login that only runs the hash commands; then the login for uploads needs no shell"),
    VERIFY_PORT(
            "verify.port", Scope.TARGET, SettingType.PORT, "", "Port of the SSH server for that login; default: port"),
    VERIFY_KEY("verify.key", Scope.TARGET, SettingType.SECRET_FILE, "", "Private key file of that login; default: key"),
    VERIFY_PASSPHRASE("verify.passphrase", Scope.TARGET, SettingType.SECRET, "", "Passphrase of verify.key"),
    VERIFY_PASSPHRASE_FILE(
            "verify.passphrase-file",
            Scope.TARGET,
            SettingType.SECRET_FILE,
            "",
            "File with the passphrase of verify.key in its first line"),
    VERIFY_SSH_PATH(
            "verify.ssh-path",
            Scope.TARGET,
            SettingType.SSH_PATH,
            "",
            "Translates SFTP paths for the commands of that login, if both see different paths"),
    SSH_PATH(
            "ssh-path",
            Scope.TARGET,
            SettingType.SSH_PATH,
            "",
            "Translates SFTP paths for commands on the server, if both see different paths; offsite doctor finds the right value"),

    STATE(
            "state",
            Scope.GLOBAL,
            SettingType.PATH,
            "state",
            "Folder for what Offsite remembers between runs, such as the ledger, the lock and the status of each job"),
    RETRIES(
            "retries",
            Scope.GLOBAL,
            SettingType.RETRIES,
            "2",
            "How often a failed file is tried again in the same run; after that, the next run tries it"),
    LIMIT_OF_ALL(
            "limit",
            Scope.GLOBAL,
            SettingType.RATE,
            "",
            "Maximum transfer rate of all jobs, get and put together, optionally by time of day in the system's time zone; a job's own limit applies too"),
    PRUNE_SCHEDULE(
            "prune.schedule",
            Scope.GLOBAL,
            SettingType.CRON,
            "0 30 4 * * ?",
            "When the service prunes all jobs, as a Quartz cron expression"),
    DRILL_SCHEDULE(
            "drill.schedule",
            Scope.GLOBAL,
            SettingType.CRON,
            "",
            "When the service rehearses a restore of each job, as a Quartz cron expression; default: never"),
    DRILL_BUDGET(
            "drill.budget",
            Scope.GLOBAL,
            SettingType.BYTES,
            "1GiB",
            "Maximum amount of data that one drill restores per job; at least one file is restored, whatever its size"),
    SCRUB_SCHEDULE(
            "scrub.schedule",
            Scope.GLOBAL,
            SettingType.CRON,
            "0 30 5 * * ?",
            "When the service scrubs all jobs, as a Quartz cron expression"),
    SCRUB_BUDGET(
            "scrub.budget",
            Scope.GLOBAL,
            SettingType.BUDGET,
            "50GiB",
            "How much data one scrub of a job hashes, starting with the copies verified longest ago; 0 only looks for missing and extra files"),
    PRUNE_MAX(
            "prune.max",
            Scope.GLOBAL,
            SettingType.POSITIVE,
            "15",
            "Maximum number of folders that one prune of a job may remove; if more would go, none is removed, unless you pass offsite prune --max");

    public enum Scope {
        JOB,
        TARGET,
        GLOBAL
    }

    private final String key;
    private final Scope scope;
    private final SettingType type;
    private final String defaultValue;
    private final String description;

    Setting(String key, Scope scope, SettingType type, String defaultValue, String description) {
        this.key = key;
        this.scope = scope;
        this.type = type;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /** The last part of the full key. */
    public String key() {
        return key;
    }

    public Scope scope() {
        return scope;
    }

    public SettingType type() {
        return type;
    }

    /** Null if a value is required. */
    public String defaultValue() {
        return defaultValue;
    }

    public String description() {
        return description;
    }

    public String globalKey() {
        return "offsite." + key;
    }

    public String jobKey(String job) {
        return jobKey(job, key);
    }

    public static String jobKey(String job, String key) {
        return "camel.routeTemplate[%s].%s".formatted(job, key);
    }

    /** Settings that can be set for one job. */
    public static List<Setting> ofJob() {
        return Stream.of(values()).filter(s -> s.scope != Scope.GLOBAL).toList();
    }

    /** Settings that can be written as {@code offsite.…}. */
    public static List<Setting> ofAll() {
        return Stream.of(values()).filter(s -> s.scope != Scope.JOB).toList();
    }

    public static Optional<Setting> named(String key, List<Setting> among) {
        return among.stream().filter(s -> s.key.equals(key)).findFirst();
    }
}
