package dev.offsite.cli;

import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.notify.Untold;
import dev.offsite.status.JobMemory.LastRun;
import dev.offsite.status.JobMemory.Stock;
import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import dev.offsite.verify.Debts.Debt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** The status of a job for programs; docs/json.md has the fields. What is not known is null. */
final class StatusJson {

    private StatusJson() {}

    static JsonObject of(JobReport report) {
        JsonObject object = new JsonObject();
        object.put("job", report.name());
        object.put("well", report.well());
        object.put("verified", text(report.verifiedAt()));
        object.put("ageSeconds", report.age().map(Duration::toSeconds).orElse(null));
        object.put(
                "maxAgeSeconds", report.job().maxAge().map(Duration::toSeconds).orElse(null));
        object.put("stale", report.has(Trouble.Kind.STALE));
        JsonObject runs = new JsonObject();
        for (Verb verb : Verb.values()) {
            runs.put(verb.word(), report.last(verb).map(StatusJson::run).orElse(null));
        }
        object.put("runs", runs);
        object.put(
                "unshipped",
                report.memory()
                        .unshipped()
                        .map(left -> object(to -> {
                            to.put("files", left.count());
                            to.put("names", new JsonArray(left.names()));
                            to.put("since", left.since().toString());
                        }))
                        .orElse(null));
        object.put(
                "debts",
                report.debts().stream().map(StatusJson::debt).collect(Collectors.toCollection(JsonArray::new)));
        object.put(
                "troubles",
                report.troubles().stream().map(StatusJson::trouble).collect(Collectors.toCollection(JsonArray::new)));
        Optional<Stock> stock = report.memory().stock();
        object.put("copies", stock.map(all -> all.all().copies()).orElse(null));
        object.put("bytes", stock.map(all -> all.all().bytes()).orElse(null));
        object.put("counted", text(stock.map(Stock::counted)));
        object.put(
                "verifiedRatio",
                report.verifiedRatio().isPresent() ? report.verifiedRatio().getAsDouble() : null);
        object.put("verifiedRatioDays", JobReport.RECENT_DAYS);
        object.put("trash", report.memory().trash().map(seen -> seen.value()).orElse(null));
        object.put(
                "freeBytes",
                report.memory().freeBytes().map(seen -> seen.value()).orElse(null));
        object.put("freeSeen", text(report.memory().freeBytes().map(seen -> seen.at())));
        object.put(
                "recipients",
                new JsonArray(report.job()
                        .encryption()
                        .map(how -> how.recipients().keys())
                        .orElse(List.of())));
        object.put("next", text(report.next()));
        return object;
    }

    static JsonArray of(List<Untold> untold) {
        return untold.stream()
                .map(one -> object(to -> {
                    to.put("receiver", one.receiver());
                    to.put("messages", one.messages());
                    to.put("since", one.since().toString());
                    to.put("reason", one.reason());
                }))
                .collect(Collectors.toCollection(JsonArray::new));
    }

    private static JsonObject object(Consumer<JsonObject> fill) {
        JsonObject object = new JsonObject();
        fill.accept(object);
        return object;
    }

    private static String text(Optional<Instant> at) {
        return at.map(Instant::toString).orElse(null);
    }

    private static JsonObject run(LastRun last) {
        JsonObject object = new JsonObject(last.run().json());
        object.remove("job");
        object.remove("verb");
        object.put("failingSince", text(last.failingSince()));
        return object;
    }

    private static JsonObject debt(Debt debt) {
        return new JsonObject(Map.of(
                "folder", debt.folder(),
                "name", debt.copy().name(),
                "sha256", debt.copy().sha256(),
                "state", debt.copy().loss().word(),
                "since", debt.copy().at().toString()));
    }

    private static JsonObject trouble(Trouble trouble) {
        return object(to -> {
            to.put("kind", trouble.kind().word());
            to.put("subject", trouble.subject());
            to.put("since", trouble.since().toString());
            to.put("text", trouble.text());
            to.put("command", trouble.command());
        });
    }
}
