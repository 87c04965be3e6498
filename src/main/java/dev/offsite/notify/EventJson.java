package dev.offsite.notify;

import dev.offsite.job.JobEvent;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** An event as one JSON object: its type and the fields of its record. */
public final class EventJson {

    private EventJson() {}

    public static JsonObject of(JobEvent event) {
        JsonObject object = new JsonObject();
        object.put("event", event.type());
        try {
            for (RecordComponent field : event.getClass().getRecordComponents()) {
                put(object, field.getName(), field.getAccessor().invoke(event));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return object;
    }

    private static void put(JsonObject object, String name, Object value) {
        if (value instanceof Map<?, ?> named) {
            JsonObject reasons = new JsonObject();
            named.forEach((key, text) -> reasons.put(key.toString(), text.toString()));
            object.put(name, reasons);
        } else if (value instanceof Collection<?> several) {
            JsonArray array = new JsonArray();
            several.forEach(one -> array.add(one.toString()));
            object.put(name, array);
        } else {
            boolean plain = value == null || value instanceof Number || value instanceof Boolean;
            object.put(name, plain ? value : value.toString());
        }
    }
}
