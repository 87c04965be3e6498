package dev.offsite.exec;

import dev.offsite.io.Text;
import java.nio.file.FileSystemException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the messages of the SSH libraries, which nobody but their authors understands, into words. */
public final class LibraryWords {

    public static final String LOST = "the connection was lost";

    /** Both libraries name the same event by whatever part of them noticed it first. */
    private static final Pattern ENDED = Pattern.compile(
            "(?i).*(session is (down|closed|not available|being closed)|channel is (not opened|down|broken|closed|being closed)"
                    + "|channel (has been|is) closed|input ?stream is closed|stream (is )?closed|(pipe|socket) (is )?closed"
                    + "|(write|read) end dead|broken pipe|pipe broken|connection reset|closed by (foreign|remote) host"
                    + "|end of io stream|closed channel|session has been closed|premature(ly)? (eof|closed)).*|closed|eof");

    private static final Pattern LATE = Pattern.compile(
            "(?i)timeout.*|.*(socket is not established|timed out|failed to get operation result within).*");

    private static final Pattern GARBLED = Pattern.compile(
            "(?i).*(packet corrupt|bad packet length|invalid packet|invalid protocol|fail in inflater|invalid padding).*");

    private static final Pattern NO_CHANNEL =
            Pattern.compile("(?i).*(send channel request|SshChannelOpenException|open failed).*");

    /** What the server says as it ends a connection: its code, its words, and perhaps a language. */
    private static final Pattern SAYS = Pattern.compile("SSH_MSG_DISCONNECT: \\d+ (.*?) ?");

    private static final Pattern WHERE =
            Pattern.compile("(?:Session\\.connect: |[a-z]+(?:\\.\\w+)+(?:Exception|Error): )+");

    private LibraryWords() {}

    /** What went wrong, in one line. */
    public static String of(Throwable failure) {
        if (failure instanceof FileSystemException) {
            return Text.reason(failure);
        }
        String said = failure.getMessage();
        return said == null ? failure.getClass().getSimpleName() : of(said);
    }

    /** The same for a message; one that is not known stays as it is. */
    public static String of(String message) {
        Matcher where = WHERE.matcher(message.strip());
        String said = where.lookingAt() ? message.strip().substring(where.end()) : message.strip();
        Matcher says = SAYS.matcher(said);
        if (says.matches()) {
            return "the server ended the connection (it says: %s)".formatted(Text.line(says.group(1)));
        }
        if (ENDED.matcher(said).matches()) {
            return LOST;
        }
        if (NO_CHANNEL.matcher(said).matches()) {
            return "the server opens no channel for it";
        }
        if (LATE.matcher(said).matches()) {
            return "the server did not answer in time";
        }
        return GARBLED.matcher(said).matches() ? "what arrives is damaged on the way, or is not SSH" : Text.line(said);
    }
}
