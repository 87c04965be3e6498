package dev.offsite.component;

import dev.offsite.job.JobEvent;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.TypeConverterSupport;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Converts an event to text: one JSON object with its type and the fields of its record. */
final class EventToJson extends TypeConverterSupport {

    @Override
    public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
        JsonObject object = new JsonObject();
        object.put("event", ((JobEvent) value).type());
        try {
            for (RecordComponent field : value.getClass().getRecordComponents()) {
                put(object, field.getName(), field.getAccessor().invoke(value));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return type.cast(object.toJson());
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
