package dev.offsite.component;

import dev.offsite.io.Text;
import dev.offsite.ship.Upload;
import dev.offsite.source.ReservedName;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Message;

/** The headers of the routes, as other people's routes use them: a stable interface. */
public final class OffsiteConstants {

    /** In: the name of the job. */
    public static final String JOB = "OffsiteJob";

    /** In, optional: the name of the copy below the dated folder, with slashes; by default the file's own name. */
    public static final String NAME = "OffsiteName";

    /** In, optional: which dated folder, by its name, as {@code 2026-01-31} or as {@code latest}, the default. Out: its name. */
    public static final String DATE = "OffsiteDate";

    /** In: the local file or folder that something is restored to. */
    public static final String TO = "OffsiteTo";

    /** In, optional: whether another file in its place is replaced; not by default. */
    public static final String OVERWRITE = "OffsiteOverwrite";

    /** Out: how many files were restored. */
    public static final String RESTORED = "OffsiteRestored";

    /** To {@code direct:offsite-drilled}: why the drill failed; empty if it did not. */
    public static final String PROBLEM = "OffsiteProblem";

    /** In, optional, to {@code direct:offsite-scrub}: whether to scrub all, whatever the budget is. */
    public static final String ALL = "OffsiteAll";

    /** To {@code direct:offsite-notify}: how many copies a scrub has hashed; only of a scrub. */
    public static final String SCRUBBED = "OffsiteScrubbed";

    /** To {@code direct:offsite-notify}: how many files the run shipped. */
    public static final String SHIPPED = "OffsiteShipped";

    /** To {@code direct:offsite-notify}: how many files the run did not ship. */
    public static final String FAILED = "OffsiteFailed";

    /** Out: the copy's path on the target. */
    public static final String PATH = "OffsitePath";

    /** Out: the SHA-256 that was verified, lower-case hex. */
    public static final String SHA256 = "OffsiteSha256";

    /** Out: bytes. */
    public static final String SIZE = "OffsiteSize";

    /** Out: how the copy was verified, {@code hash}, {@code readback} or {@code size}. */
    public static final String VERIFY = "OffsiteVerification";

    /** What tells of a copy. */
    static final List<String> OUT = List.of(PATH, SHA256, SIZE, VERIFY);

    private static final int MOST_SAID = 200;

    private OffsiteConstants() {}

    /**
     * The job that a message names.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static String job(Message message) {
        String job = message.getHeader(JOB, String.class);
        if (job == null) {
            throw new IllegalArgumentException("the header %s must name the job".formatted(JOB));
        }
        return job;
    }

    public static File file(Message message) {
        Object body = message.getBody();
        // Camel takes a string for the content of a file, not for its name.
        File file = body instanceof String path ? new File(path) : message.getBody(File.class);
        if (file == null || !file.isFile()) {
            throw new IllegalArgumentException("the body must be a regular file (File, Path or its path), not %s"
                    .formatted(
                            body == null
                                    ? "empty"
                                    : body.getClass().getSimpleName() + (file == null ? "" : " " + said(file))));
        }
        return file.getAbsoluteFile();
    }

    /** Not all of it where somebody has taken the content of a file for its name. */
    private static String said(File file) {
        String path = Text.line(file.getPath());
        return path.length() <= MOST_SAID ? path : path.substring(0, MOST_SAID) + "…";
    }

    public static String name(Message message, File file) {
        String name = message.getHeader(NAME, file.getName(), String.class);
        for (Path part : Path.of(name)) {
            if (part.toString().isEmpty()
                    || part.toString().equals(".")
                    || part.toString().equals("..")) {
                throw new IllegalArgumentException(
                        "the header %s must be a relative path without . and .., not '%s'".formatted(NAME, name));
            }
        }
        if (Path.of(name).isAbsolute() || !Path.of(name).toString().equals(name)) {
            throw new IllegalArgumentException(
                    "the header %s must be a plain relative path, not '%s'".formatted(NAME, name));
        }
        ReservedName.reason(Path.of(name)).ifPresent(reason -> {
            throw new IllegalArgumentException("'%s': %s".formatted(name, reason));
        });
        return name;
    }

    /** Tells what became of a copy; the body is its file again. */
    static void verified(Message message, Upload copy, String sha256) {
        message.removeHeader(UploadProcessor.ENDPOINT);
        message.removeHeader(UploadProcessor.WAY);
        message.setBody(copy.file());
        message.setHeader(PATH, copy.path());
        message.setHeader(SHA256, sha256);
        message.setHeader(SIZE, copy.size());
        message.setHeader(VERIFY, copy.verification().toString());
    }
}
