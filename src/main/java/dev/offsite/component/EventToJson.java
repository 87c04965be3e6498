package dev.offsite.component;

import dev.offsite.job.JobEvent;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import org.apache.camel.Exchange;
import org.apache.camel.support.TypeConverterSupport;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Converts an event to a text: one JSON object with its type and the fields of its record. */
final class EventToJson extends TypeConverterSupport {

    @Override
    public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
        return type.cast(json((JobEvent) value).toJson());
    }

    private static JsonObject json(JobEvent event) {
        JsonObject object = new JsonObject();
        object.put("event", event.type());
        for (RecordComponent field : event.getClass().getRecordComponents()) {
            object.put(field.getName(), json(value(event, field)));
        }
        return object;
    }

    private static Object value(JobEvent event, RecordComponent field) {
        try {
            return field.getAccessor().invoke(event);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object json(Object value) {
        if (value instanceof Collection<?> several) {
            JsonArray array = new JsonArray();
            several.forEach(one -> array.add(json(one)));
            return array;
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}
