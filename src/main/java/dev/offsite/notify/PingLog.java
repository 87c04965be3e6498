package dev.offsite.notify;

import dev.offsite.io.PrivateFiles;
import dev.offsite.io.ProcessLock;
import dev.offsite.io.StateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** The last ping to each address, in {@code <state>/pings}. It has no address. */
public record PingLog(String state) {

    private static final String FILE = "pings";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * @param id of the address
     * @param shown of the address
     * @param well the result that was accepted last
     * @param at when that was; {@link Instant#EPOCH} if never
     * @param failingSince when pings began to fail, or null
     * @param reason why, or empty
     */
    record Last(String id, String shown, boolean well, Instant at, Instant failingSince, String reason) {

        private JsonObject json() {
            JsonObject object = new JsonObject();
            object.put("id", id);
            object.put("shown", shown);
            object.put("well", well);
            object.put("at", at.toString());
            object.put("failingSince", failingSince == null ? null : failingSince.toString());
            object.put("reason", reason);
            return object;
        }

        private static Last of(JsonObject object) {
            String since = object.getString("failingSince");
            return new Last(
                    object.getString("id"),
                    object.getString("shown"),
                    object.getBoolean("well"),
                    Instant.parse(object.getString("at")),
                    since == null ? null : Instant.parse(since),
                    object.getString("reason"));
        }
    }

    /** Whether a ping was ever sent. */
    public static boolean isAny(String state) {
        return Files.exists(Path.of(state, FILE));
    }

    Optional<Last> last(PingUrl url) {
        return read().stream().filter(one -> one.id().equals(url.id())).findFirst();
    }

    /** The result was accepted. Fails with {@link StateException} */
    void sent(PingUrl url, boolean well, Instant now) {
        replace(new Last(url.id(), url.shown(), well, now, null, ""));
    }

    /** The ping failed. Fails with {@link StateException} */
    void failed(PingUrl url, String reason, Instant now) {
        Optional<Last> before = last(url);
        replace(new Last(
                url.id(),
                url.shown(),
                before.map(Last::well).orElse(false),
                before.map(Last::at).orElse(Instant.EPOCH),
                before.map(Last::failingSince).orElse(now),
                reason));
    }

    private void replace(Last last) {
        Path file = Path.of(state, FILE);
        try (ProcessLock lock = ProcessLock.take(Path.of(state, FILE + ".lock"), PATIENCE)
                .orElseThrow(() -> new IOException("locked by another process"))) {
            List<Last> all = new ArrayList<>(read());
            all.removeIf(one -> one.id().equals(last.id()));
            all.add(last);
            write(all);
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    private void write(List<Last> all) throws IOException {
        JsonObject object = new JsonObject();
        object.put("pings", new JsonArray(all.stream().map(Last::json).toList()));
        PrivateFiles.replace(Path.of(state, FILE), object.toJson() + "\n", false);
    }

    /** Forgets the addresses that are no longer in the configuration. Fails with {@link StateException} */
    public void keep(List<PingUrl> urls) {
        List<String> ids = urls.stream().map(PingUrl::id).toList();
        List<Last> all = read();
        List<Last> kept = all.stream().filter(one -> ids.contains(one.id())).toList();
        if (kept.size() < all.size()) {
            try {
                write(kept);
            } catch (IOException e) {
                throw StateException.unwritable(Path.of(state, FILE), e);
            }
        }
    }

    private List<Last> read() {
        Path file = Path.of(state, FILE);
        List<Last> all = new ArrayList<>();
        try {
            JsonObject object = Message.object(Files.readString(file)).orElseGet(JsonObject::new);
            for (Object one : object.getCollectionOrDefault("pings", List.of())) {
                all.add(Last.of((JsonObject) one));
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (DateTimeException | NullPointerException | ClassCastException damaged) {
            return List.of();
        } catch (IOException e) {
            throw StateException.unreadable(file, e);
        }
        return all;
    }

    static List<Untold> failed(String state) {
        return new PingLog(state)
                .read().stream()
                        .filter(one -> one.failingSince() != null)
                        .map(one -> new Untold("ping " + one.shown(), 0, one.failingSince(), one.reason()))
                        .toList();
    }
}
