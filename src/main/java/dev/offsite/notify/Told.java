package dev.offsite.notify;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.job.JobEvent;
import dev.offsite.status.Trouble;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/**
 * A trouble that a receiver knows of.
 *
 * @param text what is wrong, in the words of the last message
 * @param last when it was told last; if never, when it was seen
 * @param times how often it was told
 * @param next when it is told again
 */
record Told(
        String job, Trouble.Kind kind, String key, Instant since, String text, Instant last, int times, Instant next) {

    /** Between the first two messages. */
    private static final Duration FIRST = Duration.ofHours(1);

    /** Between later ones. */
    private static final Duration LATER = Duration.ofDays(1);

    private static final String FILE = "told";

    /** The key of what is no trouble that goes on. */
    private static final String EVENT = "event";

    /** The trouble, told now, or only seen. */
    static Told first(Trouble trouble, Instant now, boolean told) {
        return new Told(
                trouble.job(),
                trouble.kind(),
                trouble.key(),
                trouble.since(),
                trouble.text(),
                now,
                told ? 1 : 0,
                now.plus(FIRST));
    }

    /** An event of which the same is not told again for a day. */
    static Told event(JobEvent.Refused event) {
        return new Told(
                event.job(),
                Trouble.Kind.REFUSED,
                EVENT,
                event.at(),
                event.reason(),
                event.at(),
                1,
                event.at().plus(LATER));
    }

    boolean isEvent() {
        return key.equals(EVENT);
    }

    Told again(Trouble trouble, Instant now) {
        return new Told(job, kind, key, since, trouble.text(), now, times + 1, now.plus(LATER));
    }

    /** Also after the clock was set back by more than a day. */
    boolean isDue(Instant now) {
        return !next.isAfter(now) || next.isAfter(now.plus(LATER));
    }

    String id() {
        return id(job, key);
    }

    static String id(String job, String key) {
        return job + "\n" + key;
    }

    private JsonObject json() {
        JsonObject object = new JsonObject();
        object.put("job", job);
        object.put("kind", kind.word());
        object.put("key", key);
        object.put("since", since.toString());
        object.put("text", text);
        object.put("last", last.toString());
        object.put("times", times);
        object.put("next", next.toString());
        return object;
    }

    private static Told of(JsonObject object) {
        return new Told(
                object.getString("job"),
                Trouble.Kind.valueOf(object.getString("kind").toUpperCase(Locale.ROOT)),
                object.getString("key"),
                Instant.parse(object.getString("since")),
                object.getString("text"),
                Instant.parse(object.getString("last")),
                object.getInteger("times"),
                Instant.parse(object.getString("next")));
    }

    /** What a receiver knows, in the state: whichever node tells it next must know that, too. */
    static StateFile file(StateStore state, String receiver) {
        return new StateFile(state, "%s/%s/%s".formatted(Outbox.FOLDER, StateFile.encoded(receiver), FILE));
    }

    /** What the receiver with this file knows, by {@link #id}. If it is damaged, nothing: they are told again. */
    static Map<String, Told> read(StateFile file) {
        Map<String, Told> all = new LinkedHashMap<>();
        try {
            JsonObject object =
                    file.state().text(file.name()).flatMap(Message::object).orElseGet(JsonObject::new);
            for (Object one : object.getCollectionOrDefault("told", List.of())) {
                Told told = of((JsonObject) one);
                all.put(told.id(), told);
            }
        } catch (DateTimeException | IllegalArgumentException | NullPointerException | ClassCastException damaged) {
            all.clear();
        }
        return all;
    }

    static void write(StateFile file, Map<String, Told> all) {
        JsonObject object = new JsonObject();
        object.put("told", new JsonArray(all.values().stream().map(Told::json).toList()));
        file.replace(object.toJson() + "\n", true);
    }
}
