package dev.offsite.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;

/** What {@code --json} prints: one object on one line, whose first fields are the same for all verbs. */
final class JsonOutput {

    /** Of the form. New fields do not change it; it would be 2 if a field went away or meant something else. */
    static final int VERSION = 1;

    private JsonOutput() {}

    static void print(String verb, Map<String, ?> fields) {
        JsonObject object = new JsonObject();
        object.put("version", VERSION);
        object.put("verb", verb);
        object.putAll(fields);
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        try {
            object.toJson(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
        out.flush();
    }

    /** For a verb with a result for each job. */
    static void printJobs(String verb, List<JsonObject> jobs) {
        print(verb, Map.of("jobs", jobs));
    }
}
