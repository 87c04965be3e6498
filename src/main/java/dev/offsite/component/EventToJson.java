package dev.offsite.component;

import dev.offsite.job.JobEvent;
import dev.offsite.notify.EventJson;
import org.apache.camel.Exchange;
import org.apache.camel.support.TypeConverterSupport;

/** Converts an event to text: one JSON object with its type and the fields of its record. */
final class EventToJson extends TypeConverterSupport {

    @Override
    public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
        return type.cast(EventJson.of((JobEvent) value).toJson());
    }
}
