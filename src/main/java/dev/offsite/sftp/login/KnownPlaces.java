package dev.offsite.sftp.login;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateFolder;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers in {@code connections.known} in the state folder how many connections a server takes, for a day: each line has the
 * time, the number and the server. What is damaged or too much is left out: it only saves attempts.
 */
public final class KnownPlaces {

    private static final Logger LOG = LoggerFactory.getLogger(KnownPlaces.class);

    /** Then the server may take more, so more is tried again. */
    private static final Duration KEPT = Duration.ofDays(1);

    private static final int MOST = 200;

    private static final Pattern LINE = Pattern.compile("(\\S{1,40}) ([1-9][0-9]{0,3}) (\\S{1,300})");

    private final Optional<StateFile> file;
    private final Clock clock;

    private record Entry(Instant at, int places, String server) {
        static Optional<Entry> parse(String line) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Entry(
                        Instant.parse(matcher.group(1)), Integer.parseInt(matcher.group(2)), matcher.group(3)));
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return "%s %d %s".formatted(at, places, server);
        }
    }

    private KnownPlaces(Optional<StateFile> file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    public static KnownPlaces in(String state, Clock clock) {
        return new KnownPlaces(Optional.of(new StateFile(new StateFolder(state), "connections.known")), clock);
    }

    /** Remembers nothing. */
    public static KnownPlaces none() {
        return new KnownPlaces(Optional.empty(), Clock.systemUTC());
    }

    OptionalInt of(String server) {
        return read().stream()
                .filter(entry -> entry.server().equals(server))
                .mapToInt(Entry::places)
                .reduce((first, last) -> last);
    }

    void remember(String server, int places) {
        List<Entry> entries = new ArrayList<>(read());
        entries.removeIf(entry -> entry.server().equals(server));
        entries.add(new Entry(clock.instant(), places, server));
        List<String> lines = entries.subList(Math.max(0, entries.size() - MOST), entries.size()).stream()
                .map(Entry::toString)
                .toList();
        try {
            file.ifPresent(known -> known.write(lines));
        } catch (StateException e) {
            LOG.debug("the number of connections is not remembered", e);
        }
    }

    private List<Entry> read() {
        Instant now = clock.instant();
        try {
            return file.flatMap(StateFile::read).orElse(List.of()).stream()
                    .flatMap(line -> Entry.parse(line).stream())
                    // One from the future would stay for ever.
                    .filter(entry ->
                            entry.at().isAfter(now.minus(KEPT)) && !entry.at().isAfter(now))
                    .toList();
        } catch (StateException e) {
            LOG.debug("no number of connections is known", e);
            return List.of();
        }
    }
}
