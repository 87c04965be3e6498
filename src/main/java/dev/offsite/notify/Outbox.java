package dev.offsite.notify;

import dev.offsite.io.HumanTime;
import dev.offsite.io.PrivateFiles;
import dev.offsite.io.ProcessLock;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages that one receiver has not got yet, a file each in {@code <state>/notify/<receiver>/}. A message is in its
 * file before it is sent, and until it was accepted; so a crash loses none, and one that comes between is sent twice.
 */
final class Outbox {

    static final int MOST = 100;

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Why the receiver cannot be used. */
    private static final String PROBLEM = "problem";

    /** In the state folder. */
    static final String FOLDER = "notify";

    private static final Pattern NAME = Pattern.compile("\\d{15}\\.json");
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration GIVEN_UP = Duration.ofDays(7);

    /** They hold it for milliseconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path folder;
    private final String receiver;

    Outbox(String state, String receiver) {
        this.folder = folder(state).resolve(StateFile.encoded(receiver));
        this.receiver = receiver;
    }

    static Path folder(String state) {
        return Path.of(state, FOLDER);
    }

    /** Whether a message was ever sent. */
    static boolean isAny(String state) {
        return Files.isDirectory(folder(state));
    }

    Path folder() {
        return folder;
    }

    /**
     * A message that waits.
     *
     * @param attempts how often it was sent in vain
     * @param next when it is sent again
     * @param reason why it was not accepted; empty if it was not sent yet
     */
    record Waiting(Path file, Message message, int attempts, Instant next, String reason) {

        boolean isDue(Instant now) {
            return !next.isAfter(now) || next.isAfter(now.plus(LONGEST_PAUSE));
        }

        private Waiting with(Message changed) {
            return new Waiting(file, changed, attempts, next, reason);
        }

        private void write() throws IOException {
            JsonObject object = message.toJson();
            object.put("attempts", attempts);
            object.put("next", next.toString());
            object.put("reason", reason);
            PrivateFiles.replace(file, object.toJson() + "\n", true);
        }

        private static Optional<Waiting> read(Path file) throws IOException {
            try {
                Optional<JsonObject> object = Message.object(Files.readString(file));
                Optional<Message> message = object.flatMap(Message::of);
                if (message.isEmpty()) {
                    return Optional.empty();
                }
                return Optional.of(new Waiting(
                        file,
                        message.get(),
                        object.get().getInteger("attempts"),
                        Instant.parse(object.get().getString("next")),
                        object.get().getString("reason")));
            } catch (NoSuchFileException sentMeanwhile) {
                return Optional.empty();
            } catch (DateTimeException | NullPointerException | ClassCastException damaged) {
                return Optional.empty();
            }
        }
    }

    /** While it is held, no other process changes what waits and what was told. */
    ProcessLock lock() throws IOException {
        return ProcessLock.take(folder.resolve("lock"), PATIENCE)
                .orElseThrow(() -> new IOException("%s is locked by another process".formatted(folder)));
    }

    /** What waits, the oldest first. */
    List<Waiting> waiting() throws IOException {
        List<Waiting> all = new ArrayList<>();
        for (Path file : files()) {
            Waiting.read(file).ifPresent(all::add);
        }
        return all;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    /** Adds a message. Only under the lock. */
    void add(Message message) throws IOException {
        List<Path> files = files();
        if (files.size() >= MOST) {
            Path dropped = leastNeeded();
            LOG.error("notify {}: {} messages wait; the oldest is dropped", receiver, files.size());
            Files.deleteIfExists(dropped);
        }
        long last = files.isEmpty()
                ? 0
                : Long.parseLong(
                        files.get(files.size() - 1).getFileName().toString().replace(".json", ""));
        Path file = folder.resolve(
                "%015d.json".formatted(Math.max(last + 1, message.made().toEpochMilli())));
        new Waiting(file, message, 0, message.made(), "").write();
    }

    /** The oldest whose trouble has a newer message, else the oldest. */
    private Path leastNeeded() throws IOException {
        List<Waiting> all = waiting();
        Set<String> newer = new HashSet<>();
        Path least = files().get(0);
        for (int i = all.size() - 1; i >= 0; i--) {
            Message message = all.get(i).message();
            if (!newer.add(Told.id(message.job(), message.key()))) {
                least = all.get(i).file();
            }
        }
        return least;
    }

    /**
     * Puts a newer message in the place of one about the same trouble that was not accepted yet. Only under the lock.
     *
     * @return whether there was one
     */
    boolean replace(Message newer) throws IOException {
        List<Waiting> all = waiting();
        for (int i = all.size() - 1; i >= 0; i--) {
            Message older = all.get(i).message();
            if (older.job().equals(newer.job()) && older.key().equals(newer.key())) {
                // One that says that it was over stays: it began again since.
                if (!older.event().equals(newer.event())) {
                    return false;
                }
                all.get(i).with(newer).write();
                return true;
            }
        }
        return false;
    }

    /** The receiver accepted it. */
    static void sent(Waiting message) throws IOException {
        Files.deleteIfExists(message.file());
    }

    /** The receiver did not accept it: it is sent again later, or given up. Only under the lock. */
    void failed(Waiting message, String reason, Instant now) throws IOException {
        // Whoever clears the state meanwhile wants no message.
        Waiting latest = Waiting.read(message.file()).orElse(null);
        if (latest == null) {
            return;
        }
        Duration age = Duration.between(latest.message().made(), now);
        if (age.compareTo(GIVEN_UP) > 0) {
            Files.deleteIfExists(latest.file());
            LOG.error(
                    "notify {}: given up after {}: {}: {}",
                    receiver,
                    HumanTime.of(age),
                    Text.line(latest.message().subject()),
                    reason);
            return;
        }
        Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(latest.attempts(), 10));
        Instant next = now.plus(doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE);
        new Waiting(latest.file(), latest.message(), latest.attempts() + 1, next, reason).write();
    }

    /** The receiver cannot be used at all: so it says in {@link Untold}. */
    void doesNotWork(String reason, Instant now) {
        try {
            PrivateFiles.makeFolder(folder);
            JsonObject object = new JsonObject();
            object.put("since", problem().map(Untold::since).orElse(now).toString());
            object.put("reason", reason);
            PrivateFiles.replace(folder.resolve(PROBLEM), object.toJson() + "\n", false);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** The receiver can be used. Deletes what a power cut damaged. */
    void works() {
        if (!Files.exists(folder)) {
            return;
        }
        try (ProcessLock lock = lock()) {
            Files.deleteIfExists(folder.resolve(PROBLEM));
            for (Path file : files()) {
                if (Waiting.read(file).isEmpty() && Files.deleteIfExists(file)) {
                    LOG.error("notify {}: the message in {} was damaged, and is gone", receiver, file);
                }
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    Optional<Untold> problem() throws IOException {
        try {
            return Message.object(Files.readString(folder.resolve(PROBLEM)))
                    .map(object -> new Untold(
                            receiver, 0, Instant.parse(object.getString("since")), object.getString("reason")));
        } catch (NoSuchFileException | DateTimeException | NullPointerException none) {
            return Optional.empty();
        }
    }

    /** Removes what is kept of receivers that are no longer in the configuration. */
    static void forgetOthers(String state, Set<String> receivers) {
        Set<String> kept = receivers.stream().map(StateFile::encoded).collect(Collectors.toSet());
        try (Stream<Path> folders = Files.list(folder(state))) {
            for (Path other : folders.filter(
                            one -> !kept.contains(one.getFileName().toString()))
                    .toList()) {
                try (Stream<Path> files = Files.list(other)) {
                    for (Path file : files.toList()) {
                        Files.deleteIfExists(file);
                    }
                }
                Files.deleteIfExists(other);
                LOG.info(
                        "notify: {} is no longer in the configuration, and is forgotten",
                        Text.line(other.getFileName().toString()));
            }
            if (kept.isEmpty()) {
                Files.deleteIfExists(folder(state));
            }
        } catch (NoSuchFileException none) {
            return;
        } catch (IOException e) {
            throw StateException.unwritable(folder(state), e);
        }
    }

    StateException unreadable(IOException e) {
        return StateException.unreadable(folder, e);
    }

    StateException unwritable(IOException e) {
        return StateException.unwritable(folder, e);
    }
}
