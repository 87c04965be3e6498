package dev.offsite.component;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/** The reference of the component, {@code docs/component.md}: its text, and tables from the generated catalogue entry. */
final class ComponentDocs {

    private static final Path CATALOGUE =
            Path.of("src/generated/resources/META-INF/dev/offsite/component/offsite.json");
    private static final Path TEXT = Path.of("src/test/resources/component.md");

    /** Options that every Camel component has. */
    private static final Set<String> OF_CAMEL = Set.of(
            "bridgeErrorHandler", "lazyStartProducer", "autowiredEnabled", "exceptionHandler", "exchangePattern");

    private ComponentDocs() {}

    static String reference() throws IOException {
        JsonObject catalogue = catalogue();
        return Files.readString(TEXT)
                .replace("{{endpoint options}}", table(catalogue.getMap("properties"), "Option"))
                .replace("{{headers}}", table(catalogue.getMap("headers"), "Header"))
                .replace("{{component options}}", table(catalogue.getMap("componentProperties"), "Option"));
    }

    private static JsonObject catalogue() throws IOException {
        try {
            return (JsonObject) Jsoner.deserialize(Files.readString(CATALOGUE));
        } catch (DeserializationException e) {
            throw new IOException(e);
        }
    }

    private static String table(Map<String, JsonObject> rows, String head) {
        StringBuilder table =
                new StringBuilder("| %s | Description | Type | Default |\n|---|---|---|---|\n".formatted(head));
        rows.forEach((name, row) -> {
            if (!OF_CAMEL.contains(name)) {
                table.append("| `%s` | %s | %s | %s |\n"
                        .formatted(name, row.getString("description"), type(row), value(row.get("defaultValue"))));
            }
        });
        return table.toString().stripTrailing();
    }

    private static String type(JsonObject row) {
        List<String> words = row.getCollection("enum");
        if (words != null) {
            return "`" + String.join("`, `", words) + "`";
        }
        String type = row.getString("javaType");
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static String value(Object value) {
        return value == null ? "" : "`" + value + "`";
    }
}
