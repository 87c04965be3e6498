package dev.offsite.doctor;

import dev.offsite.io.Text;

/**
 * What came of one check.
 *
 * @param check what was looked at
 * @param subject which of several, such as the hash command; empty where there is one only
 * @param result what came of it
 * @param detail one line: what was seen, and what to do
 */
public record Finding(Check check, String subject, Result result, String detail) {

    /** What the server says may be in the detail: it is made harmless. */
    public Finding {
        detail = Text.line(detail.strip());
    }
}
