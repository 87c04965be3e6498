package dev.offsite.exec;

import dev.offsite.io.ExplainedException;
import java.time.Duration;

/** A command on the server did not finish, so it says nothing about any file. */
public final class ExecException extends ExplainedException {

    private static final long serialVersionUID = 1L;

    private final boolean hung;

    public static ExecException notRun(String command, Throwable cause) {
        return new ExecException("cannot run %s on the server".formatted(program(command)), false, cause);
    }

    public static ExecException hung(String command, Duration deadline, Throwable cause) {
        String time = deadline.toMinutes() > 1 ? deadline.toMinutes() + " minutes" : deadline.toSeconds() + " s";
        return new ExecException(
                "%s on the server did not end within %s".formatted(program(command), time), true, cause);
    }

    /** The command printed too much and was abandoned. */
    public static ExecException tooLong(String command, int bytes) {
        return new ExecException(
                "%s on the server printed more than %d MiB".formatted(program(command), bytes >> 20), false, null);
    }

    public static ExecException interrupted(String command, Throwable cause) {
        return new ExecException("interrupted while %s ran on the server".formatted(program(command)), false, cause);
    }

    private static String program(String command) {
        return command.substring(0, (command + " ").indexOf(' '));
    }

    public ExecException(String message, boolean hung, Throwable cause) {
        super(message, cause);
        this.hung = hung;
    }

    /** Whether the command ran out of time, so that another would too. */
    public boolean hung() {
        return hung;
    }
}
