package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What every verb prints with {@code --json} is what {@code docs/offsite.schema.json} and {@code docs/json.md} say. */
@Timeout(180)
class JsonSchemaIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMS = "$defs";

    private static EmbeddedServer server;

    @TempDir
    static Path folder;

    private static TestSite offsite;
    private static JsonNode schema;

    private final Set<String> verbs = new TreeSet<>();

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server)
                .job("ready", "1s")
                .job("max-age", "1h")
                .target("drill.budget", "1MiB");
        schema = schema();
    }

    private static JsonNode schema() throws IOException {
        return JSON.readTree(Path.of("docs/offsite.schema.json").toFile());
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    /** The published schema allows fields that later versions add; here each one must be in it. */
    private static JsonSchema exactly(JsonNode schema, String form) {
        assertThat(schema.get(FORMS).has(form)).as(form).isTrue();
        ObjectNode strict = schema.deepCopy();
        strict.remove("anyOf");
        strict.put("$ref", "#/" + FORMS + "/" + form);
        strict.findParents("required").forEach(object -> {
            if (object.has("properties")) {
                ((ObjectNode) object).put("additionalProperties", false);
            }
        });
        return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(strict);
    }

    private static JsonSchema published(JsonNode schema) {
        return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema);
    }

    private JsonNode prints(String form, String... arguments) throws IOException {
        Result result = offsite.run(arguments);
        JsonNode printed = check(form, result.out());
        verbs.add(printed.get("verb").asText());
        return printed;
    }

    /** Also for a verb that needs more than there is here. */
    static JsonNode check(String form, String out) throws IOException {
        JsonNode schema = schema();
        assertThat(out.lines()).as(out).hasSize(1);
        JsonNode printed = JSON.readTree(out);
        assertThat(exactly(schema, form).validate(printed))
                .as("%s: %s", form, out)
                .isEmpty();
        assertThat(published(schema).validate(printed)).as("%s: %s", form, out).isEmpty();
        assertThat(printed.fieldNames()).toIterable().startsWith("version", "verb");
        return printed;
    }

    @Test
    void everyVerb() throws Exception {
        offsite.backup("app.dump", "dump");
        offsite.backup("in/other", "other");
        offsite.backup("bad", "bad");
        offsite.backup("bad.sha256", "0".repeat(64) + "  bad\n");
        prints("status", "status", "--json");
        prints("ship-dry-run", "ship", "--dry-run", "--json");
        prints("ship", "ship", "--json");
        Files.delete(offsite.source().resolve("bad"));
        prints("ship", "ship", "--json");
        Path dated = offsite.folders().get(0);
        String today = dated.getFileName().toString();
        Path old = Files.createDirectories(offsite.root().resolve("20200101"));
        Files.writeString(old.resolve("SHA256SUMS"), "0".repeat(64) + "  gone\n");
        Files.createDirectories(offsite.root().resolve("other"));

        prints("list", "list", "--json");
        prints("list-job", "list", "db", "--json");
        prints("list-job", "list", "db", "2020", "--json");
        prints("list-matches", "list", "db", "app*", "--json");
        prints("list-folder", "list", "db", today, "--json");
        prints("list-place", "list", "sftp:/srv", "--json");
        prints("diff", "diff", "db", "20200101", today, "--json");
        prints("config", "config", "--json");
        prints("doctor", "doctor", "--json");
        prints("adopt", "adopt", "db", "--json");
        prints("accept-recipients", "accept-recipients", "db", "--json");
        prints("keygen", "keygen", folder.resolve("key").toString(), "--json");
        prints("keygen", "keygen", "--recipient", folder.resolve("key").toString(), "--json");
        prints("drill", "drill", "--json");
        prints("restore", "restore", "db", "--to", folder.resolve("restored").toString(), "--json");
        prints(
                "restore",
                "restore",
                "db",
                "nothing",
                "--to",
                folder.resolve("none").toString(),
                "--json");
        Path sent = Files.writeString(folder.resolve("sent"), "sent");
        prints("put", "put", sent.toString(), "sftp:/srv/sent", "--json");
        prints("get", "get", "sftp:/srv/sent", folder.resolve("got").toString(), "--json");
        prints("prune", "prune", "--dry-run", "--json");
        prints("prune", "prune", "--make-room", "--dry-run", "--json");

        Files.writeString(dated.resolve("app.dump"), "DUMP");
        prints("verify", "verify", "db", "--json");
        prints("status", "status", "--json");
        Files.delete(offsite.source().resolve("app.dump"));
        prints("scrub", "scrub", "--all", "--json");
        prints("prune", "prune", "--json");
        prints("scrub-forget", "scrub", "--forget", "db", "--json");
        prints("history", "history", "--json");

        // MigrateIT checks that: it needs a database.
        verbs.add("migrate");
        Map<String, CommandLine> all = Offsite.line(new Offsite()).getSubcommands();
        assertThat(verbs)
                .isEqualTo(all.entrySet().stream()
                        .filter(verb -> verb.getValue().getCommandSpec().findOption("--json") != null)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Otherwise the test above would show nothing. */
    @Test
    void aFieldThatIsMissingOrNewIsNoticed() throws Exception {
        ObjectNode fields = JSON.createObjectNode();
        fields.put("version", JsonOutput.VERSION).put("verb", "history").putArray("runs");
        assertThat(exactly(schema, "history").validate(fields)).isEmpty();
        assertThat(exactly(schema, "history").validate(fields.deepCopy().put("new", 1)))
                .hasSize(1);
        assertThat(published(schema).validate(fields.deepCopy().put("new", 1))).isEmpty();
        fields.remove("runs");
        assertThat(published(schema).validate(fields)).isNotEmpty();
        assertThat(exactly(schema, "history").validate(fields)).hasSize(1);
    }

    private static void collect(JsonNode node, Set<String> fields) {
        if (node.path("properties").isObject() && node.has("type")) {
            node.get("properties").fieldNames().forEachRemaining(fields::add);
        }
        node.forEach(child -> collect(child, fields));
    }

    /** Each form and field is in the page that people read. */
    @Test
    void thePageNamesEachField() throws Exception {
        String page = Files.readString(Path.of("docs/json.md")) + Files.readString(Path.of("docs/doctor.md"));
        Set<String> fields = new TreeSet<>();
        collect(schema.get(FORMS), fields);
        assertThat(fields).hasSizeGreaterThan(80).allSatisfy(field -> assertThat(page)
                .containsPattern("[`.]" + field + "`"));
    }
}
