package dev.offsite.support;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import io.kubernetes.client.custom.QuantityFormatException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A manifest, checked by what Kubernetes itself says of its API, from which the models of its client for Java are generated.
 * They know the fields, and which are required; but they take the text "3" for the number, which a server does not. So what
 * they read is written again, and must be the same.
 */
public record KubernetesManifest(JsonElement json) {

    private static final Map<String, Kind> KINDS = Map.of(
            "v1 ConfigMap", new Kind(V1ConfigMap.class, V1ConfigMap::validateJsonElement),
            "v1 Secret", new Kind(V1Secret.class, V1Secret::validateJsonElement),
            "v1 PersistentVolumeClaim",
                    new Kind(V1PersistentVolumeClaim.class, V1PersistentVolumeClaim::validateJsonElement),
            "apps/v1 Deployment", new Kind(V1Deployment.class, V1Deployment::validateJsonElement),
            "batch/v1 CronJob", new Kind(V1CronJob.class, V1CronJob::validateJsonElement));

    private record Kind(Class<?> model, Check check) {}

    /** Fails with IllegalArgumentException, too. */
    @FunctionalInterface
    private interface Check {
        void check(JsonElement json) throws IOException;
    }

    public static KubernetesManifest parse(String yaml) {
        Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return new KubernetesManifest(new Gson().toJsonTree(document));
    }

    public <T> T as(Class<T> model) {
        return JSON.getGson().fromJson(json, model);
    }

    private String text(String field) {
        JsonElement value = json.getAsJsonObject().get(field);
        return value == null ? "" : value.getAsString();
    }

    public String kind() {
        return text("kind");
    }

    /** What a server would refuse; empty if it would take it. */
    public List<String> problems() {
        Kind kind = KINDS.get(text("apiVersion") + " " + kind());
        if (kind == null) {
            return List.of("unknown: %s %s".formatted(text("apiVersion"), kind()));
        }
        List<String> problems = new ArrayList<>();
        try {
            kind.check().check(json);
            compare("", json, JSON.getGson().toJsonTree(as(kind.model())), problems);
        } catch (IOException | IllegalArgumentException | JsonParseException | QuantityFormatException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    /** The models add empty lists, but may change nothing. */
    private static void compare(String path, JsonElement written, JsonElement read, List<String> problems) {
        if (read != null && written.isJsonObject() && read.isJsonObject()) {
            written.getAsJsonObject()
                    .asMap()
                    .forEach((name, value) -> compare(
                            path + "." + name, value, read.getAsJsonObject().get(name), problems));
        } else if (read != null
                && written.isJsonArray()
                && read.isJsonArray()
                && written.getAsJsonArray().size() == read.getAsJsonArray().size()) {
            for (int i = 0; i < written.getAsJsonArray().size(); i++) {
                compare(
                        path + "[" + i + "]",
                        written.getAsJsonArray().get(i),
                        read.getAsJsonArray().get(i),
                        problems);
            }
        } else if (read == null || !type(written).equals(type(read)) || !written.equals(read)) {
            problems.add("%s: %s is of the wrong type".formatted(path, written));
        }
    }

    private static String type(JsonElement element) {
        if (!(element instanceof JsonPrimitive primitive)) {
            return element.getClass().getSimpleName();
        }
        return primitive.isString() ? "string" : primitive.isNumber() ? "number" : "boolean";
    }
}
