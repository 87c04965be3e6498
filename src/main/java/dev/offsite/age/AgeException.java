package dev.offsite.age;

import java.io.IOException;

/** A file that cannot be decrypted; the message says why in a few words, without the name of the file. */
public final class AgeException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean notOurs;

    private AgeException(String message, boolean notOurs) {
        super(message);
        this.notOurs = notOurs;
    }

    static AgeException notOurs() {
        return new AgeException("none of the identities opens it", true);
    }

    static AgeException damaged() {
        return new AgeException("it is damaged or was changed", false);
    }

    static AgeException notAge(String what) {
        return new AgeException("it is not encrypted with age: " + what, false);
    }

    /** Whether the file may be as it was written, but for others. */
    public boolean isNotOurs() {
        return notOurs;
    }
}
