package dev.offsite.notify;

import dev.offsite.io.StateException;
import dev.offsite.notify.Outbox.Waiting;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * That a receiver could not be told, or a ping not be sent.
 *
 * @param receiver its name in the configuration; {@code ping} with its host for a ping
 * @param messages how many messages wait; 0 if it is known only that it does not work
 * @param since when the oldest of them was made, or the first ping failed
 * @param reason why, in one line
 */
public record Untold(String receiver, int messages, Instant since, String reason) {

    /** All of a state folder: without a lock, also while a service runs. Fails with {@link StateException} */
    public static List<Untold> of(String state) {
        List<Untold> all = new ArrayList<>();
        Path folder = Outbox.folder(state);
        try (Stream<Path> receivers = Files.list(folder)) {
            for (Path one : receivers.filter(Files::isDirectory).sorted().toList()) {
                String name = URLDecoder.decode(one.getFileName().toString(), StandardCharsets.UTF_8);
                of(state, name).ifPresent(all::add);
            }
        } catch (NoSuchFileException none) {
            return pings(state, all);
        } catch (IOException e) {
            throw StateException.unreadable(folder, e);
        }
        return pings(state, all);
    }

    private static Optional<Untold> of(String state, String receiver) throws IOException {
        Outbox outbox = new Outbox(state, receiver);
        List<Waiting> failed =
                outbox.waiting().stream().filter(one -> one.attempts() > 0).toList();
        if (!failed.isEmpty()) {
            Waiting last = failed.get(failed.size() - 1);
            return Optional.of(new Untold(
                    receiver, outbox.waiting().size(), failed.get(0).message().made(), last.reason()));
        }
        return outbox.problem();
    }

    private static List<Untold> pings(String state, List<Untold> all) {
        PingLog.failed(state).forEach(all::add);
        return List.copyOf(all);
    }
}
