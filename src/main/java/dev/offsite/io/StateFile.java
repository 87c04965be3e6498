package dev.offsite.io;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A small text of the state, such as {@code db.status} for job db. It is replaced in one step, so others may read it at
 * any time.
 */
public record StateFile(StateStore state, String name) {

    private static final int LONGEST = 200;

    public static StateFile of(StateStore state, String job, String kind) {
        return new StateFile(state, encoded(job) + "." + kind);
    }

    /** The name of a job as a file name. */
    public static String encoded(String job) {
        return URLEncoder.encode(job, StandardCharsets.UTF_8);
    }

    /** Encodes any text as a file name of at most 255 bytes. */
    public static String fileName(String text) {
        String encoded = encoded(text);
        if (encoded.length() <= LONGEST) {
            return encoded;
        }
        byte[] hash = HashingInputStream.sha256Digest().digest(text.getBytes(StandardCharsets.UTF_8));
        return encoded.substring(0, LONGEST / 2) + "-" + HexFormat.of().formatHex(hash, 0, 16);
    }

    /** Its lines; empty if there is no such text. Fails with {@link StateException} if it cannot be read. */
    public Optional<List<String>> read() {
        return state.text(name).map(text -> text.lines().toList());
    }

    /** The same, one line after another: there may be a hundred thousand. None if there is no such text. */
    public void read(Consumer<String> each) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                state.open(name, 0),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                each.accept(line);
            }
        } catch (IOException e) {
            throw StateException.unreadable(place(), e);
        }
    }

    /** Returns after the lines are on disk. Fails with {@link StateException} */
    public void write(Collection<String> lines) {
        replace(text(lines), true);
    }

    /** Replaces the content in one step. {@code durable}: and returns after it is on disk. */
    public void replace(String text, boolean durable) {
        state.replace(name, text, durable);
    }

    /** Changes the lines; whoever else does so at the same time waits. Returns after they are on disk. */
    public void update(UnaryOperator<List<String>> change) {
        state.update(name, text -> text(change.apply(text.lines().toList())), true);
    }

    public boolean exists() {
        return state.version(name).isPresent();
    }

    /** Appends text in one step, and returns after it is on disk. */
    public void append(String text) {
        state.append(name, text);
    }

    public void delete() {
        state.delete(name);
    }

    /** Where it is, for messages. */
    public String place() {
        return state.place(name);
    }

    private static String text(Collection<String> lines) {
        return String.join("", lines.stream().map(line -> line + "\n").toList());
    }
}
