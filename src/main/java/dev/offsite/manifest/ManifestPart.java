package dev.offsite.manifest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of {@code SHA256SUMS.<n>.age}, the part of a manifest that says what is inside the encrypted copies of one run. It
 * has two lines for each: a comment that binds it to the copy, and one of {@code sha256sum} for the file itself. So, after
 * all is decrypted, {@code sha256sum -c} checks the files without Offsite.
 *
 * <pre>
 * # offsite 20260528
 * # recipient age1…
 * # 8192 2026-05-28T02:00:00Z &lt;SHA-256 of the copy&gt;  db.dump.age
 * &lt;SHA-256 of the file&gt;  db.dump
 * </pre>
 */
public final class ManifestPart {

    private static final Pattern NAME = Pattern.compile(Manifest.NAME + "\\.([1-9][0-9]{0,8})\\.age");
    private static final Pattern FIRST = Pattern.compile("# offsite ([^ ]+)");
    private static final Pattern COPY = Pattern.compile("# ([0-9]{1,18}) ([-0-9T:.Z]{1,40}) (.+)", Pattern.DOTALL);
    private static final String RECIPIENT = "# recipient ";

    /** Bytes; a name has 4,096 at most, and each may be escaped. */
    private static final int LONGEST_LINE = 32 << 10;

    private ManifestPart() {}

    /** Hears what a part says, in its order. */
    public interface Listener {
        /** The dated folder that it is for. */
        default void folder(String name) {}

        /** One who can open the copies. */
        default void recipient(String key) {}

        void file(PlainFile file);
    }

    /** Whether a name below a dated folder is that of a part. */
    public static boolean isPart(String name) {
        return NAME.matcher(name).matches();
    }

    public static String name(int number) {
        return Manifest.NAME + "." + number + ".age";
    }

    /** The number of the part that may be added to these names. */
    public static int next(Collection<String> names) {
        return names.stream()
                        .map(NAME::matcher)
                        .filter(Matcher::matches)
                        .mapToInt(part -> Integer.parseInt(part.group(1)))
                        .max()
                        .orElse(0)
                + 1;
    }

    /** What the text begins with. */
    public static String beginning(String folder, List<String> recipients) {
        StringBuilder text = new StringBuilder("# offsite " + folder + "\n");
        recipients.forEach(key -> text.append(RECIPIENT).append(key).append('\n'));
        return text.toString();
    }

    /** The lines of one file. */
    public static String lines(PlainFile file) {
        return "# " + file.size() + " " + file.modified() + " "
                + Sha256sumFormat.writeEscapedLine(file.copySha256(), file.copy())
                + Sha256sumFormat.writeLine(file.sha256(), file.name());
    }

    /** Reads a text to its end. Lines of other kinds, and those that a crash has cut, are left out. */
    public static void read(InputStream text, Listener listener) throws IOException {
        Reader reader = new Reader(listener);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = text.read(); b >= 0; b = text.read()) {
            if (b == '\n') {
                reader.line(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else if (line.size() < LONGEST_LINE) {
                line.write(b);
            }
        }
    }

    private static final class Reader {
        private final Listener listener;
        /** The copy that the next line says the content of. */
        private Optional<PlainFile> copy = Optional.empty();

        Reader(Listener listener) {
            this.listener = listener;
        }

        void line(String line) {
            Optional<PlainFile> before = copy;
            copy = Optional.empty();
            if (!line.startsWith("#")) {
                before.flatMap(known -> Sha256sumFormat.readLine(line)
                                .map(sum -> new PlainFile(
                                        known.copy(),
                                        known.copySha256(),
                                        sum.name(),
                                        sum.hash(),
                                        known.size(),
                                        known.modified())))
                        .ifPresent(listener::file);
                return;
            }
            Matcher matcher = COPY.matcher(line);
            if (matcher.matches()) {
                copy = copy(matcher);
            } else if (line.startsWith(RECIPIENT)) {
                listener.recipient(line.substring(RECIPIENT.length()));
            } else {
                Matcher first = FIRST.matcher(line);
                if (first.matches()) {
                    listener.folder(first.group(1));
                }
            }
        }

        private static Optional<PlainFile> copy(Matcher line) {
            try {
                Instant modified = Instant.parse(line.group(2));
                long size = Long.parseLong(line.group(1));
                return Sha256sumFormat.readLine(line.group(3))
                        .map(sum -> new PlainFile(sum.name(), sum.hash(), "", "", size, modified));
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }
    }
}
