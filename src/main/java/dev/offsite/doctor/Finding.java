package dev.offsite.doctor;

import dev.offsite.io.Text;

/**
 * The result of one check.
 *
 * @param subject which one, such as the hash command, if a check has several findings; else empty
 * @param detail one line: what was seen, and what to do
 */
public record Finding(Check check, String subject, Result result, String detail) {

    /** Removes control characters, since the detail may contain text from the server. */
    public Finding {
        detail = Text.line(detail.strip());
    }
}
