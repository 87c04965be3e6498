package dev.offsite.job;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every key of the configuration: the one place that says what a key is called, what it means, what it may be, and what
 * it is when nobody says. A key in {@link Scope#JOB} is {@code camel.routeTemplate[<job>].<name>}, one in {@link
 * Scope#GLOBAL} is {@code offsite.<name>}, one in {@link Scope#TARGET} is the second for all jobs and the first for one.
 */
public enum Setting {
    SOURCE("source", Scope.JOB, Type.FOLDER, null, "Local folder whose finished files are shipped"),
    ROOT("root", Scope.JOB, Type.ROOT, null, "Absolute folder on the target; the dated folders are made below it"),
    INCLUDE(
            "include",
            Scope.JOB,
            Type.PATTERNS,
            "",
            "Ant patterns of the files to ship, such as **/*.sql; all by default"),
    EXCLUDE(
            "exclude",
            Scope.JOB,
            Type.PATTERNS,
            "",
            "Ant patterns of files that are not shipped, whatever include says"),
    RECURSIVE(
            "recursive",
            Scope.JOB,
            Type.BOOLEAN,
            "true",
            "Whether folders in the source are shipped with their structure"),
    READY("ready", Scope.JOB, Type.DURATION, "10s", "How long a file must be unchanged before it counts as finished"),
    DONE_FILE(
            "done-file",
            Scope.JOB,
            Type.DONE_FILE,
            "",
            "Name of the file that says that another is finished, such as ${file:name}.done; it is not shipped itself, and goes when its file is moved or deleted"),
    AFTER(
            "after",
            Scope.JOB,
            Type.AFTER,
            "keep",
            "What becomes of a local file after its commit: keep, move or delete; says nothing of files committed before"),
    MOVE_TO(
            "move-to",
            Scope.JOB,
            Type.PATH,
            "",
            "Local folder that committed files are moved to, with after=move; nothing there is replaced"),
    DATED_BY(
            "dated-by",
            Scope.JOB,
            Type.DATED_BY,
            "run",
            "The day of a copy's folder: of the run, or of the file's last change"),
    FOLDER_FORMAT(
            "folder-format",
            Scope.JOB,
            Type.FOLDER_FORMAT,
            "yyyyMMdd",
            "Names of the dated folders, as a Java date pattern"),
    ZONE(
            "zone",
            Scope.JOB,
            Type.ZONE,
            "",
            "Time zone of the days and of the schedule, such as Europe/Berlin; the system's by default"),
    KEEP(
            "keep",
            Scope.JOB,
            Type.COUNT,
            "7",
            "How many of the newest verified dated folders stay when pruning; all (or empty) keeps all; where another keep-... is given and this one is not, only that one counts"),
    KEEP_DAILY("keep-daily", Scope.JOB, Type.COUNT, "", "Of how many days that have a verified folder it stays"),
    KEEP_WEEKLY(
            "keep-weekly",
            Scope.JOB,
            Type.COUNT,
            "",
            "Of how many ISO weeks that have a verified folder the newest of each stays"),
    KEEP_MONTHLY(
            "keep-monthly",
            Scope.JOB,
            Type.COUNT,
            "",
            "Of how many months that have a verified folder the newest of each stays"),
    KEEP_YEARLY(
            "keep-yearly",
            Scope.JOB,
            Type.COUNT,
            "",
            "Of how many years that have a verified folder the newest of each stays"),
    KEEP_WITHIN(
            "keep-within",
            Scope.JOB,
            Type.PERIOD,
            "",
            "How long before the newest verified folder all folders stay, whatever the other rules say"),
    PRUNE(
            "prune",
            Scope.JOB,
            Type.PRUNE,
            "always",
            "Whether folders that no rule keeps are removed: always, or never, as on a server that only lets us add"),
    TRASH(
            "trash",
            Scope.JOB,
            Type.GRACE,
            "7d",
            "How long a pruned folder stays in .trash below the root, from where offsite prune --undo brings it back; 0 deletes at once"),
    PLAUSIBLE(
            "plausible",
            Scope.JOB,
            Type.SHARE,
            "25%",
            "A new copy that is smaller than this share of the recent median of its like, or empty, stops pruning until it is acknowledged; 0 never does"),
    PARALLEL(
            "parallel",
            Scope.JOB,
            Type.PARALLEL,
            "8",
            "How many files are uploaded at a time, each over its own connection; where this is not set, fewer on a short link, for which fewer do"),
    LIMIT(
            "limit",
            Scope.JOB,
            Type.RATE,
            "",
            "How fast the contents of its files may go to the server and come back, all its connections together, by the time of day in its zone; no limit by default"),
    DRILL_COMMAND(
            "drill-command",
            Scope.JOB,
            Type.COMMAND,
            "",
            "What a drill runs on the copies it has restored: a line for sh, in their folder, with their names as $@; it must exit with 0"),
    POLL("poll", Scope.JOB, Type.DURATION, "1m", "How often the service looks for new files"),
    SCHEDULE(
            "schedule",
            Scope.JOB,
            Type.CRON,
            "",
            "When the service looks for new files (Quartz cron), instead of poll"),

    HOST("host", Scope.TARGET, Type.TEXT, null, "The target's name or address"),
    PORT("port", Scope.TARGET, Type.PORT, "22", "The target's SSH port"),
    USER("user", Scope.TARGET, Type.TEXT, null, "The login name there"),
    KEY("key", Scope.TARGET, Type.SECRET_FILE, "", "Private key file"),
    PASSPHRASE("passphrase", Scope.TARGET, Type.SECRET, "", "Passphrase of the key"),
    PASSWORD("password", Scope.TARGET, Type.SECRET, "", "Password, where no key is used"),
    PASSPHRASE_FILE("passphrase-file", Scope.TARGET, Type.SECRET_FILE, "", "File that holds the passphrase of the key"),
    PASSWORD_FILE("password-file", Scope.TARGET, Type.SECRET_FILE, "", "File that holds the password"),
    KNOWN_HOSTS("known-hosts", Scope.TARGET, Type.FILE, null, "OpenSSH known_hosts file with the target's host keys"),
    VERIFY(
            "verify",
            Scope.TARGET,
            Type.VERIFY,
            "readback",
            "The least that a copy must be verified by: a hash by the server (sha256sum), one by either side (readback), or its size alone"),
    VERIFY_COMMAND(
            "verify.command",
            Scope.TARGET,
            Type.VERIFY_COMMAND,
            "auto",
            "The program by which the server hashes copies: the fastest of those it has (auto), or this one and no other"),
    SSH_PATH(
            "ssh-path",
            Scope.TARGET,
            Type.SSH_PATH,
            "",
            "Where a command on the server finds what SFTP shows, where they differ; offsite doctor finds it out"),

    STATE("state", Scope.GLOBAL, Type.PATH, "state", "Folder for what must be remembered: ledger, lock, status"),
    RETRIES(
            "retries",
            Scope.GLOBAL,
            Type.RETRIES,
            "2",
            "How often a file is tried again before it is left for the next run"),
    LIMIT_OF_ALL(
            "limit",
            Scope.GLOBAL,
            Type.RATE,
            "",
            "The same for all jobs together, and for get and put, by the system's time zone; where a job has its own limit, both count"),
    PRUNE_SCHEDULE("prune.schedule", Scope.GLOBAL, Type.CRON, "0 30 4 * * ?", "When the service prunes all jobs"),
    DRILL_SCHEDULE(
            "drill.schedule",
            Scope.GLOBAL,
            Type.CRON,
            "",
            "When the service rehearses a restore of all jobs; never by default"),
    DRILL_BUDGET(
            "drill.budget",
            Scope.GLOBAL,
            Type.BYTES,
            "1GiB",
            "How much of a dated folder a drill restores at most; one file at least, whatever its size"),
    SCRUB_SCHEDULE("scrub.schedule", Scope.GLOBAL, Type.CRON, "0 30 5 * * ?", "When the service scrubs all jobs"),
    SCRUB_BUDGET(
            "scrub.budget",
            Scope.GLOBAL,
            Type.BUDGET,
            "50GiB",
            "How much one scrub of a job hashes again, the longest not verified first; 0 looks only for what is missing or too much"),
    PRUNE_MAX(
            "prune.max",
            Scope.GLOBAL,
            Type.POSITIVE,
            "15",
            "How many folders of a job may be pruned at once; with more none is, unless offsite prune --max says so");

    /** Where a key may stand. */
    public enum Scope {
        JOB,
        TARGET,
        GLOBAL
    }

    /** What a value may be. */
    public enum Type {
        TEXT("text"),
        DONE_FILE("file name with `${file:name}` or `${file:name.noext}` in it, or one for all files of a folder"),
        PATTERNS("patterns with `**`, `*` and `?`, with commas between them"),
        AFTER("`keep`, `move` or `delete`"),
        DATED_BY("`run` or `file`"),
        FOLDER_FORMAT("date pattern whose names sort as their days do"),
        ZONE("time zone"),
        FOLDER("folder on this machine"),
        FILE("file on this machine"),
        SECRET_FILE("file on this machine that others may not read"),
        PATH("folder on this machine; made where it is missing"),
        ROOT("absolute path on the target, but not `/`"),
        DURATION("period such as `10s`, `5m` or `1h`"),
        COUNT("whole number, 1 or more, or `all`"),
        POSITIVE("whole number, 1 or more"),
        PERIOD("days, weeks, months or years, such as `30d`, `8w`, `6m` or `1y6m`"),
        GRACE("period such as `7d` or `12h`, or `0`"),
        SHARE("share such as `25%`, or `0`"),
        PRUNE("`always` or `never`"),
        PARALLEL("whole number, 1 to 32"),
        RETRIES("whole number, 0 to 100"),
        VERIFY("`sha256sum`, `readback` or `size`"),
        VERIFY_COMMAND("`auto`, `sha256sum`, `shasum`, `sha256` or `openssl`"),
        SSH_PATH("`<path over SFTP>:<path for a command>`, such as `/:/srv/chroot`"),
        PORT("whole number, 1 to 65535"),
        BOOLEAN("`true` or `false`"),
        SECRET("secret; never in clear, also not as a default, but as `{{env:NAME}}`"),
        COMMAND("line for `sh`"),
        BYTES("size such as `500MiB` or `2GiB`"),
        RATE(
                "rate such as `10MiB/s`, or a list by the time of day such as `08:00-18:00 2MiB/s, 18:00-23:00 10MiB/s, 50MiB/s`; one without hours is for the rest of the day"),
        CRON("Quartz cron expression"),
        BUDGET("size such as `50GiB`, share of what the job has there such as `5%`, `all`, or `0`");

        private final String words;

        Type(String words) {
            this.words = words;
        }

        /** As a reference says it. */
        public String words() {
            return words;
        }

        /** Whether a relative value is relative to the folder of the configuration file. */
        public boolean isLocalPath() {
            return this == FOLDER || this == FILE || this == SECRET_FILE || this == PATH;
        }
    }

    private final String key;
    private final Scope scope;
    private final Type type;
    private final String defaultValue;
    private final String description;

    Setting(String key, Scope scope, Type type, String defaultValue, String description) {
        this.key = key;
        this.scope = scope;
        this.type = type;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /** The last part of the key. */
    public String key() {
        return key;
    }

    /** Where it may stand. */
    public Scope scope() {
        return scope;
    }

    /** What its value may be. */
    public Type type() {
        return type;
    }

    /** Its value when nobody says; null where somebody must. */
    public String defaultValue() {
        return defaultValue;
    }

    /** One line. */
    public String description() {
        return description;
    }

    /** The key that sets it for all jobs. */
    public String globalKey() {
        return "offsite." + key;
    }

    /** The key that sets it for one job. */
    public String jobKey(String job) {
        return jobKey(job, key);
    }

    /** The full key of one of a job's. */
    public static String jobKey(String job, String key) {
        return "camel.routeTemplate[%s].%s".formatted(job, key);
    }

    /** Those that a job may have. */
    public static List<Setting> ofJob() {
        return Stream.of(values()).filter(s -> s.scope != Scope.GLOBAL).toList();
    }

    /** Those that are written {@code offsite.…}. */
    public static List<Setting> ofAll() {
        return Stream.of(values()).filter(s -> s.scope != Scope.JOB).toList();
    }

    /** The one of that name among some. */
    public static Optional<Setting> named(String key, List<Setting> among) {
        return among.stream().filter(s -> s.key.equals(key)).findFirst();
    }
}
