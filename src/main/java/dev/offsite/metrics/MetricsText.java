package dev.offsite.metrics;

import dev.offsite.metrics.Metrics.Sample;
import java.math.BigDecimal;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Metrics in the text format of Prometheus, version 0.0.4. */
public final class MetricsText {

    private MetricsText() {}

    /** The text of all samples; those of a metric must follow each other. */
    public static String of(List<Sample> samples) {
        StringBuilder text = new StringBuilder();
        String metric = "";
        for (Sample sample : samples) {
            if (!sample.name().equals(metric)) {
                metric = sample.name();
                text.append("# HELP %s %s\n# TYPE %s %s\n"
                        .formatted(metric, help(sample.help()), metric, sample.counter() ? "counter" : "gauge"));
            }
            String labels = new TreeMap<>(sample.labels())
                    .entrySet().stream()
                            .map(label -> "%s=\"%s\"".formatted(label.getKey(), value(label.getValue())))
                            .collect(Collectors.joining(","));
            text.append("%s{%s} %s\n".formatted(metric, labels, number(sample.value())));
        }
        return text.toString();
    }

    private static String help(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String value(String text) {
        return help(text).replace("\"", "\\\"");
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
