package dev.offsite.status;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.StateStore.Version;
import dev.offsite.job.Job;
import dev.offsite.status.JobMemory.LastRun;
import dev.offsite.status.JobMemory.Seen;
import dev.offsite.status.JobMemory.Stock;
import dev.offsite.status.JobMemory.Totals;
import dev.offsite.status.JobMemory.Unshipped;
import dev.offsite.status.Observation.Amount;
import dev.offsite.status.Observation.Verified;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/**
 * The {@link JobMemory} of each job, as one JSON object in {@code <state>/<job>.memory}. It is replaced in one step. If it
 * is lost or damaged, the next runs fill it again.
 */
public final class JobMemoryFile {

    private final StateStore state;
    /** What was read last: it is asked for often, and seldom changes. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    public JobMemoryFile(StateStore state) {
        this.state = state;
    }

    private record Known(Version version, Optional<JobMemory> memory) {}

    /** Empty if there is none, or if it cannot be understood. */
    Optional<JobMemory> read(Job job) {
        String name = name(job);
        Optional<Version> now = state.version(name);
        if (now.isEmpty()) {
            return Optional.empty();
        }
        Known before = known.get(name);
        if (before == null || !before.version.equals(now.get())) {
            before = new Known(now.get(), parse(job, state.text(name).orElse("")));
            known.put(name, before);
        }
        return before.memory;
    }

    private static Optional<JobMemory> parse(Job job, String text) {
        try {
            return Jsoner.deserialize(text) instanceof JsonObject object
                    ? Optional.of(memory(job, object))
                    : Optional.empty();
        } catch (DeserializationException
                | DateTimeException
                | IllegalArgumentException
                | NullPointerException
                | ClassCastException damaged) {
            return Optional.empty();
        }
    }

    /**
     * Changes the memory of a job; other processes may do the same. Nothing is written if nothing changes.
     *
     * @param first the memory of a job that has none
     */
    JobMemory update(Job job, Supplier<JobMemory> first, UnaryOperator<JobMemory> change) {
        AtomicReference<JobMemory> after = new AtomicReference<>();
        // After a power cut it may be the one before: then a job counts as older than it is.
        state.update(
                name(job),
                before -> {
                    after.set(change.apply(parse(job, before).orElseGet(first)));
                    return json(after.get()).toJson() + "\n";
                },
                false);
        known.remove(name(job));
        return after.get();
    }

    private static String name(Job job) {
        return StateFile.encoded(job.name()) + ".memory";
    }

    /** In a fixed order, so that the same memory always gives the same text. */
    private static JsonObject json(JobMemory memory) {
        JsonObject object = new JsonObject();
        object.put("known", memory.known().toString());
        put(object, "verified", memory.verified(), (to, verified) -> {
            to.put("at", verified.at().toString());
            to.put("folder", verified.folder());
            to.put("copies", verified.copies());
            to.put("bytes", verified.bytes());
        });
        JsonArray runs = new JsonArray();
        new TreeMap<>(memory.runs()).values().forEach(last -> {
            JsonObject run = last.run().json();
            last.failingSince().ifPresent(since -> run.put("failingSince", since.toString()));
            runs.add(run);
        });
        object.put("runs", runs);
        put(object, "unshipped", memory.unshipped(), (to, left) -> {
            to.put("count", left.count());
            to.put("names", new JsonArray(left.names()));
            to.put("since", left.since().toString());
        });
        put(object, "stock", memory.stock(), (to, stock) -> {
            to.put("counted", stock.counted().toString());
            JsonObject days = new JsonObject();
            new TreeMap<>(stock.verified())
                    .forEach((day, amount) ->
                            days.put(day.toString(), new JsonArray(List.of(amount.copies(), amount.bytes()))));
            to.put("verified", days);
        });
        put(object, "free", memory.freeBytes(), JobMemoryFile::seen);
        put(object, "trash", memory.trash(), JobMemoryFile::seen);
        JsonObject totals = new JsonObject();
        totals.put("copies", memory.totals().copies());
        totals.put("bytes", memory.totals().bytes());
        JsonObject failures = new JsonObject();
        new TreeMap<>(memory.totals().failures()).forEach((verb, count) -> failures.put(verb.word(), count));
        totals.put("failures", failures);
        object.put("totals", totals);
        JsonObject troubles = new JsonObject();
        new TreeMap<>(memory.troubles()).forEach((key, since) -> troubles.put(key, since.toString()));
        object.put("troubles", troubles);
        return object;
    }

    private static <T> void put(JsonObject object, String key, Optional<T> value, BiConsumer<JsonObject, T> write) {
        value.ifPresent(one -> {
            JsonObject inner = new JsonObject();
            write.accept(inner, one);
            object.put(key, inner);
        });
    }

    private static void seen(JsonObject to, Seen seen) {
        to.put("at", seen.at().toString());
        to.put("value", seen.value());
    }

    private static JobMemory memory(Job job, JsonObject object) {
        JsonObject totals = object.getMap("totals");
        return new JobMemory(
                Instant.parse(object.getString("known")),
                get(
                        object,
                        "verified",
                        from -> new Verified(
                                job.name(),
                                at(from, "at"),
                                from.getString("folder"),
                                from.getInteger("copies"),
                                from.getLong("bytes"))),
                runs(object.getCollection("runs")),
                get(
                        object,
                        "unshipped",
                        from -> new Unshipped(
                                from.getInteger("count"), strings(from.getCollection("names")), at(from, "since"))),
                get(object, "stock", from -> new Stock(at(from, "counted"), days(from.getMap("verified")))),
                get(object, "free", from -> new Seen(at(from, "at"), from.getLong("value"))),
                get(object, "trash", from -> new Seen(at(from, "at"), from.getLong("value"))),
                new Totals(
                        totals.getLong("copies"),
                        totals.getLong("bytes"),
                        totals.<Map<String, Number>>getMap("failures").entrySet().stream()
                                .collect(Collectors.toMap(entry -> verb(entry.getKey()), entry -> entry.getValue()
                                        .longValue()))),
                object.<Map<String, String>>getMap("troubles").entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> Instant.parse(entry.getValue()))));
    }

    private static <T> Optional<T> get(JsonObject object, String key, Function<JsonObject, T> read) {
        return Optional.ofNullable((JsonObject) object.get(key)).map(read);
    }

    private static Instant at(JsonObject object, String key) {
        return Instant.parse(object.getString(key));
    }

    private static Verb verb(String word) {
        return Verb.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static List<String> strings(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private static Map<Verb, LastRun> runs(List<JsonObject> runs) {
        Map<Verb, LastRun> all = new EnumMap<>(Verb.class);
        for (JsonObject run : runs) {
            HistoryEntry.of(run)
                    .ifPresent(entry -> all.put(
                            entry.verb(),
                            new LastRun(
                                    entry,
                                    Optional.ofNullable(run.getString("failingSince"))
                                            .map(Instant::parse))));
        }
        return all;
    }

    private static Map<LocalDate, Amount> days(Map<String, List<Number>> days) {
        Map<LocalDate, Amount> amounts = new TreeMap<>();
        days.forEach((day, amount) -> amounts.put(
                LocalDate.parse(day),
                new Amount(amount.get(0).longValue(), amount.get(1).longValue())));
        return amounts;
    }
}
