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
    SOURCE(job("source", SettingType.FOLDER, null), "Local folder whose finished files are shipped"),
    ROOT(
            job("root", SettingType.ROOT, null),
            "Folder on the server, as an absolute path; the dated folders are created in it"),
    INCLUDE(
            job("include", SettingType.PATTERNS, ""),
            "Files to ship, as Ant patterns such as **/*.sql; default: all files"),
    EXCLUDE(job("exclude", SettingType.PATTERNS, ""), "Files not to ship, as Ant patterns; wins over include"),
    RECURSIVE(
            job("recursive", SettingType.BOOLEAN, "true"),
            "Whether subfolders of the source are shipped too, with the same structure"),
    READY(job("ready", SettingType.DURATION, "10s"), "How long a file must be unchanged before it counts as finished"),
    DONE_FILE(
            job("done-file", SettingType.DONE_FILE, ""),
            "Marker file that says a file is finished, such as ${file:name}.done; it is not shipped, and is deleted when its own file is moved or deleted"),
    AFTER(
            job("after", SettingType.AFTER, "keep"),
            "What happens to a local file after its commit: keep, move or delete; a change does not affect files committed before"),
    MOVE_TO(
            job("move-to", SettingType.PATH, ""),
            "Local folder that committed files are moved to if after=move; existing files there are never replaced"),
    DATED_BY(
            job("dated-by", SettingType.DATED_BY, "run"),
            "Which day names the dated folder of a copy: the day of the run, or the day the file was last changed"),
    FOLDER_FORMAT(
            job("folder-format", SettingType.FOLDER_FORMAT, "yyyyMMdd"),
            "How the dated folders are named, as a Java date pattern"),
    ZONE(
            job("zone", SettingType.ZONE, ""),
            "Time zone for folder dates, schedule and limit, such as Europe/Berlin; default: the time zone of the system"),
    KEEP(
            job("keep", SettingType.COUNT, "7"),
            "How many of the newest verified folders to keep; all keeps every folder; the default of 7 applies only if no other keep-... is set"),
    KEEP_DAILY(
            job("keep-daily", SettingType.COUNT, ""),
            "Keep the verified folder of each of the last N days that have one"),
    KEEP_WEEKLY(
            job("keep-weekly", SettingType.COUNT, ""),
            "Keep the newest verified folder of each of the last N ISO weeks that have one"),
    KEEP_MONTHLY(
            job("keep-monthly", SettingType.COUNT, ""),
            "Keep the newest verified folder of each of the last N months that have one"),
    KEEP_YEARLY(
            job("keep-yearly", SettingType.COUNT, ""),
            "Keep the newest verified folder of each of the last N years that have one"),
    KEEP_WITHIN(
            job("keep-within", SettingType.PERIOD, ""),
            "Keep all verified folders of this period, which ends with the newest verified folder"),
    PRUNE(
            job("prune", SettingType.PRUNE, "always"),
            "Whether folders that no rule keeps are removed: always, or never (for servers where files can only be added)"),
    TRASH(
            job("trash", SettingType.GRACE, "7d"),
            "How long a pruned folder stays in .trash in the root, where offsite prune --undo can restore it; 0 deletes it at once"),
    PLAUSIBLE(
            job("plausible", SettingType.SHARE, "25%"),
            "Pruning stops when a new copy is empty or smaller than this share of the median of similar recent copies, until you acknowledge it; 0 turns the check off"),
    SHARED(
            job("shared", SettingType.BOOLEAN, "false"),
            "Whether jobs of other machines ship to the same root; all of them must say so (docs/shared-roots.md)"),
    PARALLEL(
            job("parallel", SettingType.PARALLEL, "8"),
            "How many files are uploaded at a time, each over its own connection; if not set, 8, or 4 if the round trip to the server is shorter than 5 ms"),
    LIMIT(
            job("limit", SettingType.RATE, ""),
            "Maximum transfer rate of this job's file contents, over all its connections, up and down, optionally by time of day; default: no limit"),
    DRILL_COMMAND(
            job("drill-command", SettingType.COMMAND, ""),
            "Shell command that a drill runs in the folder of the restored files, with their names as $@; it must exit with 0"),
    POLL(job("poll", SettingType.DURATION, "1m"), "How often the service looks for new files"),
    SCHEDULE(
            job("schedule", SettingType.CRON, ""),
            "When the service looks for new files, as a Quartz cron expression; replaces poll"),

    HOST(
            target("host", SettingType.HOST, null),
            "Name or address of the SSH server, or an alias of your configuration of ssh (docs/connecting.md)"),
    PORT(target("port", SettingType.PORT, ""), "Port of the SSH server; default: 22"),
    USER(target("user", SettingType.TEXT, ""), "User name on the server; must be set here or in ssh-config"),
    KEY(target("key", SettingType.SECRET_FILE, ""), "Private key file for the login"),
    PASSPHRASE(target("passphrase", SettingType.SECRET, ""), "Passphrase of the private key"),
    PASSWORD(target("password", SettingType.SECRET, ""), "Password for the login, if you use no key"),
    PASSPHRASE_FILE(
            target("passphrase-file", SettingType.SECRET_FILE, ""),
            "File with the passphrase of the private key in its first line"),
    PASSWORD_FILE(target("password-file", SettingType.SECRET_FILE, ""), "File with the password in its first line"),
    KNOWN_HOSTS(
            target("known-hosts", SettingType.FILE, ""),
            "File with the server's host keys, in the format of OpenSSH's known_hosts; must be set here or in ssh-config"),
    SSH_CONFIG(
            target("ssh-config", SettingType.SSH_CONFIG, ""),
            "Your configuration of ssh; what is set here wins over it; default: ~/.ssh/config for a host that it names and that needs it"),
    JUMP(
            target("jump", SettingType.JUMP, ""),
            "Servers to go through, as with ssh -J; their host keys are checked like those of the server"),
    AGENT(
            target("agent", SettingType.AGENT, ""),
            "Whether an ssh-agent logs in; with key, only with that one key; default: false"),
    ALGORITHMS(
            target("algorithms", SettingType.ALGORITHMS, ""),
            "SSH algorithms to offer in addition, for servers that have nothing newer, or not to offer"),
    MAX_CONNECTIONS(
            target("max-connections", SettingType.CONNECTIONS, ""),
            "Most connections to the server at a time, of all jobs and of all nodes of a cluster together, whatever parallel says (docs/scale-out.md); default: any number"),
    VERIFY(
            target("verify", SettingType.VERIFY, "readback"),
            "If the server cannot hash a copy: fail (hash), download it again and hash it here (readback), or compare only its size (size)"),
    VERIFY_COMMAND(
            target("verify.command", SettingType.VERIFY_COMMAND, "auto"),
            "Program that the server hashes copies with; auto takes the fastest one that works there and, if none does, SFTP's check-file; any other value is used exclusively"),
    VERIFY_USER(
            target("verify.user", SettingType.TEXT, ""),
            "User name of a separate login that only runs the hash commands; then the login for uploads needs no shell"),
    VERIFY_PORT(target("verify.port", SettingType.PORT, ""), "Port of the SSH server for that login; default: port"),
    VERIFY_KEY(target("verify.key", SettingType.SECRET_FILE, ""), "Private key file of that login; default: key"),
    VERIFY_PASSPHRASE(target("verify.passphrase", SettingType.SECRET, ""), "Passphrase of verify.key"),
    VERIFY_PASSPHRASE_FILE(
            target("verify.passphrase-file", SettingType.SECRET_FILE, ""),
            "File with the passphrase of verify.key in its first line"),
    VERIFY_SSH_PATH(
            target("verify.ssh-path", SettingType.SSH_PATH, ""),
            "Translates SFTP paths for the commands of that login, if both see different paths"),
    ENCRYPT_TO(
            target("encrypt-to", SettingType.RECIPIENTS, ""),
            "Who can read the copies: recipients of age, as offsite keygen prints them; the copies are encrypted before they leave this machine, and their names get .age (docs/encryption.md); default: not encrypted"),
    ENCRYPT_NAMES(
            target("encrypt-names", SettingType.BOOLEAN, "false"),
            "Whether the names of encrypted copies are hidden too: the server then sees random names only, in no subfolders"),
    MODES(
            target("modes", SettingType.MODES, "keep"),
            "Who may read copies and restored files: at most those who may read the source (keep), or whoever the server, and the umask here, let (server)"),
    SSH_PATH(
            target("ssh-path", SettingType.SSH_PATH, ""),
            "Translates SFTP paths for commands on the server, if both see different paths; offsite doctor finds the right value"),
    MAX_AGE(
            target("max-age", SettingType.DURATION, ""),
            "How old the last verified copy may be, such as 26h; if it is older, ship and status name the job and end with 1, and you are told; default: any age"),
    BEFORE_COMMAND(
            target("before-command", SettingType.COMMAND, ""),
            "Shell command before each run of offsite ship or of a schedule, in the source folder; if it fails, nothing is shipped, and what it wrote counts as finished when it has ended (docs/commands.md)"),
    AFTER_COMMAND(
            target("after-command", SettingType.COMMAND, ""),
            "Shell command after each such run that succeeded, when all is shipped, verified and pruned"),
    FAILURE_COMMAND(
            target("failure-command", SettingType.COMMAND, ""),
            "Shell command after each such run that failed, for whatever reason"),
    COMMAND_TIMEOUT(
            target("command-timeout", SettingType.DURATION, "12h"),
            "How long each of these commands may take; after that, it is ended with all that it started"),
    PING(
            target("ping", SettingType.URL, ""),
            "URL of a dead man's switch, such as one of healthchecks.io: a run of ship posts to it with /start, and with nothing or /fail at its end; the service once an hour, and when something changes (docs/notifications.md)"),
    PING_FILE(target("ping-file", SettingType.SECRET_FILE, ""), "File with that URL in its first line"),

    STATE(
            global("state", SettingType.PATH, "state"),
            "Folder for what Offsite remembers between runs, such as the ledger, the lock and the status of each job"),
    CLUSTER(
            global("cluster", SettingType.DATABASE, ""),
            "Database of PostgreSQL where the nodes that ship the same jobs keep what they know (docs/scale-out.md); default: none, this machine ships alone"),
    CLUSTER_USER(global("cluster.user", SettingType.TEXT, ""), "User name for that database"),
    CLUSTER_PASSWORD_FILE(
            global("cluster.password-file", SettingType.SECRET_FILE, ""),
            "File with the password for that database in its first line"),
    RETRIES(
            global("retries", SettingType.RETRIES, "2"),
            "How often a failed file is tried again in the same run; after that, the next run tries it"),
    LIMIT_OF_ALL(
            global("limit", SettingType.RATE, ""),
            "Maximum transfer rate of all jobs, get and put together, optionally by time of day in the system's time zone; a job's own limit applies too"),
    PRUNE_SCHEDULE(
            global("prune.schedule", SettingType.CRON, "0 30 4 * * ?"),
            "When the service prunes all jobs, as a Quartz cron expression"),
    DRILL_SCHEDULE(
            global("drill.schedule", SettingType.CRON, ""),
            "When the service rehearses a restore of each job, as a Quartz cron expression; default: never"),
    DRILL_BUDGET(
            global("drill.budget", SettingType.BYTES, "1GiB"),
            "Maximum amount of data that one drill restores per job; at least one file is restored, whatever its size"),
    SCRUB_SCHEDULE(
            global("scrub.schedule", SettingType.CRON, "0 30 5 * * ?"),
            "When the service scrubs all jobs, as a Quartz cron expression"),
    SCRUB_BUDGET(
            global("scrub.budget", SettingType.BUDGET, "50GiB"),
            "How much data one scrub of a job hashes, starting with the copies verified longest ago; 0 only looks for missing and extra files"),
    PRUNE_MAX(
            global("prune.max", SettingType.POSITIVE, "15"),
            "Maximum number of folders that one prune of a job may remove; if more would go, none is removed, unless you pass offsite prune --max"),
    HTTP_PORT(
            global("http.port", SettingType.PORT, ""),
            "Port of the service for health checks and metrics over HTTP (docs/metrics.md); default: none"),
    HTTP_HOST(
            global("http.host", SettingType.HOST, "127.0.0.1"),
            "Address of this machine that http.port listens on; any but 127.0.0.1 or ::1 needs http.password-file"),
    HTTP_PASSWORD_FILE(
            global("http.password-file", SettingType.SECRET_FILE, ""),
            "File with user:password in its first line, which http.port then asks for (HTTP basic authentication)"),
    METRICS_FILE(
            global("metrics-file", SettingType.NEW_FILE, ""),
            "File to write the metrics of all jobs to, at the end of each command and by the service, for node_exporter's textfile collector");

    public enum Scope {
        JOB,
        TARGET,
        GLOBAL
    }

    private record Key(Scope scope, String name, SettingType type, String defaultValue) {}

    private final String key;
    private final Scope scope;
    private final SettingType type;
    private final String defaultValue;
    private final String description;

    Setting(Key key, String description) {
        this.key = key.name;
        this.scope = key.scope;
        this.type = key.type;
        this.defaultValue = key.defaultValue;
        this.description = description;
    }

    private static Key job(String name, SettingType type, String defaultValue) {
        return new Key(Scope.JOB, name, type, defaultValue);
    }

    private static Key target(String name, SettingType type, String defaultValue) {
        return new Key(Scope.TARGET, name, type, defaultValue);
    }

    private static Key global(String name, SettingType type, String defaultValue) {
        return new Key(Scope.GLOBAL, name, type, defaultValue);
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
