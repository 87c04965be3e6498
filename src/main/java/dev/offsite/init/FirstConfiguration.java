package dev.offsite.init;

/** The text of a first configuration: twelve settings, each with what it is for. */
public final class FirstConfiguration {

    private FirstConfiguration() {}

    /**
     * The text.
     *
     * @param state the folder as it is written there
     */
    public static String text(Answers answers, String state) {
        String job = "camel.routeTemplate[%s].".formatted(answers.job());
        return """
                # Written by "offsite init". docs/configuration.md has every key. "offsite config" checks this file.

                # The server that gets the backups: its name or address, its port, and the user there.
                offsite.host=%s
                offsite.port=%d
                offsite.user=%s
                # The private key of the login, and the host keys of the server that are trusted, in the folder of this file.
                offsite.key=%s
                offsite.known-hosts=known_hosts
                # What Offsite remembers between runs: the ledger, the lock, the history.
                offsite.state=%s
                # A dead man's switch that notices when backups stop (docs/notifications.md).
                #offsite.ping=https://hc-ping.com/...

                # A job: what to ship. For another one, repeat these lines with another name in the brackets, and a root of its own.
                %stemplateId=ship
                # The folder here whose finished files are shipped.
                %ssource=%s
                # The folder on the server. Each day's copies go into a folder of that day below it.
                %sroot=%s
                # How many of the newest of these folders to keep; docs/retention.md has rules by days, weeks, months and years.
                %skeep=7
                # How old the last verified copy may be, before "offsite status" calls it stale and you are told.
                #%smax-age=26h
                """
                .formatted(
                        value(answers.host()),
                        answers.port(),
                        value(answers.user()),
                        value(answers.key()),
                        value(state),
                        job,
                        job,
                        value(answers.source()),
                        job,
                        value(answers.root()),
                        job,
                        job);
    }

    /** A backslash begins an escape in a properties file. */
    private static String value(String text) {
        return text.replace("\\", "\\\\");
    }
}
