package dev.offsite.init;

/** What a first configuration needs to know, in the order in which it is asked. */
public enum Question {
    SERVER("Server that gets the backups (name or address, and :port unless it is 22)", "--server HOST"),
    USER("User on that server", "--user NAME"),
    SOURCE("Folder here whose files are shipped", "--source DIR"),
    ROOT("Folder on the server that they go to", "--root /PATH");

    private final String words;
    private final String flag;

    Question(String words, String flag) {
        this.words = words;
        this.flag = flag;
    }

    /** The question, with the answer that Enter stands for; that may be empty. */
    public String prompt(String byDefault) {
        return byDefault.isEmpty() ? words + ": " : "%s [%s]: ".formatted(words, byDefault);
    }

    /** The option that answers it, with its parameter. */
    public String flag() {
        return flag;
    }

    /** The option alone. */
    public String option() {
        return flag.substring(0, flag.indexOf(' '));
    }
}
