package dev.offsite.history;

import java.io.IOException;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/**
 * One ended run of a verb; one line of JSON in the history.
 *
 * @param verb what ran
 * @param at when it ended
 * @param files copies that were shipped and verified, hashed again or restored; for a prune, the folders removed
 * @param bytes of those files
 * @param failed how many files, copies or folders it failed on or found bad
 * @param folders names of the dated folders that it concerned
 * @param reason why it failed or refused, in one line; empty if it did not
 */
public record HistoryEntry(
        String job,
        Verb verb,
        Result result,
        Instant at,
        Duration took,
        long files,
        long bytes,
        long failed,
        List<String> folders,
        String reason) {

    /** The verbs whose runs are recorded. */
    public enum Verb {
        SHIP,
        PRUNE,
        SCRUB,
        DRILL,
        RESTORE;

        /** As on the command line and in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum Result {
        OK,
        /** There was nothing to do. */
        NOTHING,
        FAILED,
        /** It removed nothing, for a reason that a person must look at. */
        REFUSED;

        /** As in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public HistoryEntry {
        Objects.requireNonNull(job);
        Objects.requireNonNull(reason);
        folders = List.copyOf(folders);
    }

    /** Whether it went well. */
    public boolean well() {
        return result == Result.OK || result == Result.NOTHING;
    }

    /** Bytes a second; 0 if it took no time. */
    public long speed() {
        long millis = took.toMillis();
        return millis == 0 ? 0 : Math.round(bytes * 1000.0 / millis);
    }

    /** Whether it only repeats what an earlier entry says. */
    boolean repeats(HistoryEntry earlier) {
        return result != Result.OK
                && files == 0
                && verb == earlier.verb
                && result == earlier.result
                && failed == earlier.failed
                && reason.equals(earlier.reason);
    }

    /** One object, without line ends. */
    public JsonObject json() {
        JsonObject object = new JsonObject();
        object.put("job", job);
        object.put("verb", verb.word());
        object.put("result", result.word());
        object.put("at", at.toString());
        object.put("milliseconds", took.toMillis());
        object.put("files", files);
        object.put("bytes", bytes);
        object.put("failed", failed);
        object.put("folders", new JsonArray(folders));
        object.put("reason", reason);
        return object;
    }

    /** The entries among these lines, in their order. */
    static List<HistoryEntry> parse(Stream<String> text) {
        List<String> lines = text.filter(line -> !line.isBlank()).toList();
        try {
            // All at once: the parser makes a buffer of 32 KB for each call.
            JsonArray values = Jsoner.deserializeMany(new StringReader(String.join("\n", lines)));
            if (values.size() == lines.size()) {
                return values.stream()
                        .map(HistoryEntry::ofValue)
                        .flatMap(Optional::stream)
                        .toList();
            }
        } catch (DeserializationException | IOException damaged) {
            // One of them is, so each is parsed by itself.
        }
        return lines.stream().map(HistoryEntry::parse).flatMap(Optional::stream).toList();
    }

    /** Empty if the line is no entry, as after a power cut. */
    static Optional<HistoryEntry> parse(String line) {
        try {
            return ofValue(Jsoner.deserialize(line));
        } catch (DeserializationException cut) {
            return Optional.empty();
        }
    }

    private static Optional<HistoryEntry> ofValue(Object value) {
        return value instanceof JsonObject object ? of(object) : Optional.empty();
    }

    /** Empty if the object is no entry. */
    public static Optional<HistoryEntry> of(JsonObject object) {
        try {
            return Optional.of(new HistoryEntry(
                    object.getString("job"),
                    Verb.valueOf(object.getString("verb").toUpperCase(Locale.ROOT)),
                    Result.valueOf(object.getString("result").toUpperCase(Locale.ROOT)),
                    Instant.parse(object.getString("at")),
                    Duration.ofMillis(object.getLong("milliseconds")),
                    object.getLong("files"),
                    object.getLong("bytes"),
                    object.getLong("failed"),
                    object.<List<?>>getCollection("folders").stream()
                            .map(Object::toString)
                            .toList(),
                    object.getString("reason")));
        } catch (DateTimeException | IllegalArgumentException | NullPointerException | ClassCastException unknown) {
            return Optional.empty();
        }
    }
}
