package dev.offsite.job;

import dev.offsite.age.AgeRecipients;

/** The type of a setting's value. */
public enum SettingType {
    TEXT("text"),
    HOST("name or address, without user and port"),
    SSH_CONFIG("file on this machine in the format of `ssh_config`, or `none`"),
    JUMP("`user@host:port`, several separated by commas, or `none`"),
    AGENT("`true` (the agent that `SSH_AUTH_SOCK` names), `false`, or the path of an agent's socket"),
    ALGORITHMS(
            "names with `+` (offer) or `-` (do not offer), separated by commas, such as `+ssh-rsa,+diffie-hellman-group14-sha1`"),
    DONE_FILE("file name with `${file:name}` or `${file:name.noext}` in it, or one name for all files of a folder"),
    PATTERNS("patterns with `**`, `*` and `?`, separated by commas"),
    AFTER("`keep`, `move` or `delete`"),
    DATED_BY("`run` or `file`"),
    FOLDER_FORMAT("Java date pattern whose names sort by date"),
    ZONE("time zone"),
    FOLDER("folder on this machine"),
    FILE("file on this machine"),
    SECRET_FILE("file on this machine that other users cannot read"),
    PATH("folder on this machine; created if it is missing"),
    NEW_FILE("file on this machine, in a folder that is there; the file itself is created or replaced"),
    ROOT("absolute path, not `/`"),
    DURATION("period such as `10s`, `5m`, `26h` or `3d`"),
    COUNT("whole number, 1 or more, or `all`"),
    POSITIVE("whole number, 1 or more"),
    PERIOD("days, weeks, months or years, such as `30d`, `8w`, `6m` or `1y6m`"),
    GRACE("period such as `7d` or `12h`, or `0`"),
    SHARE("percentage such as `25%`, or `0`"),
    PRUNE("`always` or `never`"),
    PARALLEL("whole number, 1 to 32"),
    CONNECTIONS("whole number, 1 to 1000"),
    RETRIES("whole number, 0 to 100"),
    VERIFY("`hash`, `readback` or `size`"),
    VERIFY_COMMAND("`auto`, `sha256sum`, `shasum`, `sha256` or `openssl`"),
    MODES("`keep` or `server`"),
    SSH_PATH("`<path over SFTP>:<path for commands>`, such as `/:/srv/chroot`"),
    PORT("whole number, 1 to 65535"),
    BOOLEAN("`true` or `false`"),
    URL("URL that begins with `https://` or `http://`"),
    DATABASE("`jdbc:postgresql://host:port/database`, without user and password"),
    SECRET("secret; write `{{env:NAME}}`, without a default, never the secret itself"),
    COMMAND("command line for `sh`"),
    RECIPIENTS("one or more `age1…` recipients, separated by commas, or a file of them on this machine"),
    BYTES("size such as `500MiB` or `2GiB`"),
    RATE(
            "rate such as `10MiB/s`, or a list by time of day such as `08:00-18:00 2MiB/s, 18:00-23:00 10MiB/s, 50MiB/s`; a rate without hours applies for the rest of the day"),
    CRON("Quartz cron expression"),
    BUDGET("size such as `50GiB`, percentage of the job's data on the server such as `5%`, `all`, or `0`");

    private final String words;

    SettingType(String words) {
        this.words = words;
    }

    /** For the reference documentation. */
    public String words() {
        return words;
    }

    /** Whether a value is a path here; relative ones are resolved against the configuration file's folder. */
    public boolean isLocalPath(String value) {
        return switch (this) {
            case FOLDER, FILE, SECRET_FILE, PATH, NEW_FILE -> true;
            case SSH_CONFIG -> !value.equals(TargetParser.NONE);
            case AGENT -> !value.equals("true") && !value.equals("false");
            case RECIPIENTS -> !AgeRecipients.isKey(value);
            default -> false;
        };
    }
}
