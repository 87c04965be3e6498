package dev.offsite.age;

/**
 * How copies are encrypted before they leave this machine.
 *
 * @param recipients who can open them; nothing here can
 * @param names whether their names are hidden, too
 */
public record Encryption(AgeRecipients recipients, boolean names) {

    /** Who can open the copies, for a line. */
    public String words() {
        return String.join(", ", recipients.shortened());
    }
}
