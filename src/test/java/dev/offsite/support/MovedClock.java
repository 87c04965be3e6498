package dev.offsite.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The system's clock, moved by what a file says at that moment: a test moves it while a command runs. */
public final class MovedClock extends Clock {

    private static final String ROUTES =
            """
            - beans:
                - name: clock
                  type: dev.offsite.support.MovedClock
                  constructors:
                    "0": "%s"
            """;

    private final Path file;

    public MovedClock(String file) {
        this.file = Path.of(file);
    }

    /** Lets a site's commands have such a clock, and returns what moves it. */
    public static MovedClock of(TestSite site) throws IOException {
        Path file = site.state().resolveSibling("clock");
        site.route("clock.camel.yaml", ROUTES.formatted(file));
        return new MovedClock(file.toString());
    }

    /** From the system's time; not added to what was moved before. */
    public void move(Duration ahead) throws IOException {
        Path part = file.resolveSibling("clock.new");
        Files.writeString(part, ahead.toString());
        Files.move(part, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public Instant instant() {
        try {
            return Instant.now().plus(Duration.parse(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return Instant.now();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
