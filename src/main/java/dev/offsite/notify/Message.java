package dev.offsite.notify;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/**
 * What a receiver is told.
 *
 * @param event its event, in one word
 * @param key what tells its trouble from others of the job; empty if it is about none
 * @param made when it was made
 * @param subject one line
 * @param text for people, of about ten lines
 * @param json the same for programs, with subject and text
 */
record Message(String event, String job, String key, Instant made, String subject, String text, JsonObject json) {

    JsonObject toJson() {
        JsonObject object = new JsonObject();
        object.put("key", key);
        object.put("made", made.toString());
        object.put("message", json);
        return object;
    }

    /** Empty if the object is no message, as after a power cut. */
    static Optional<Message> of(JsonObject object) {
        try {
            JsonObject json = object.getMap("message");
            return Optional.of(new Message(
                    json.getString("event"),
                    json.getString("job"),
                    object.getString("key"),
                    Instant.parse(object.getString("made")),
                    json.getString("subject"),
                    json.getString("text"),
                    json));
        } catch (DateTimeException | NullPointerException | ClassCastException damaged) {
            return Optional.empty();
        }
    }

    static Optional<JsonObject> object(String text) {
        try {
            return Jsoner.deserialize(text) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        } catch (DeserializationException damaged) {
            return Optional.empty();
        }
    }
}
