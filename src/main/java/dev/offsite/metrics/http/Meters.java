package dev.offsite.metrics.http;

import dev.offsite.metrics.Metrics;
import dev.offsite.metrics.Metrics.Sample;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Offsite's metrics as meters of micrometer. */
final class Meters {

    private final PrometheusMeterRegistry registry;
    private final Map<Key, Value> known = new HashMap<>();
    private boolean informed;

    Meters(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    private record Key(String name, Map<String, String> labels) {}

    /** What a meter reads. */
    private static final class Value {
        private volatile double now;
        private Meter meter;
    }

    /** Sets all meters; those without a sample are removed. */
    synchronized void update(List<Sample> samples) {
        Set<Key> gone = new HashSet<>(known.keySet());
        for (Sample sample : samples) {
            if (sample.name().equals(Metrics.BUILD_INFO)) {
                inform(sample);
                continue;
            }
            Key key = new Key(sample.name(), sample.labels());
            gone.remove(key);
            Value value = known.computeIfAbsent(key, unused -> new Value());
            value.now = sample.value();
            if (value.meter == null) {
                value.meter = meter(sample, value);
            }
        }
        gone.forEach(key -> registry.remove(known.remove(key).meter));
    }

    /** Past micrometer, which takes _info off the name. */
    private void inform(Sample sample) {
        if (!informed) {
            informed = true;
            List<String> names = sample.labels().keySet().stream().sorted().toList();
            Info.builder()
                    .name(sample.name())
                    .help(sample.help())
                    .labelNames(names.toArray(String[]::new))
                    .register(registry.getPrometheusRegistry())
                    .setLabelValues(names.stream().map(sample.labels()::get).toArray(String[]::new));
        }
    }

    private Meter meter(Sample sample, Value value) {
        Tags tags = Tags.of(sample.labels().entrySet().stream()
                .map(label -> Tag.of(label.getKey(), label.getValue()))
                .toList());
        return sample.counter()
                ? FunctionCounter.builder(sample.name(), value, one -> one.now)
                        .description(sample.help())
                        .tags(tags)
                        .register(registry)
                : Gauge.builder(sample.name(), value, one -> one.now)
                        .description(sample.help())
                        .tags(tags)
                        .register(registry);
    }
}
