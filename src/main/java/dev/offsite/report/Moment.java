package dev.offsite.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A point in time on the page.
 *
 * @param iso for programs
 * @param text in the time zone of the job
 * @param ago how long before the page was made, or in how long
 */
public record Moment(String iso, String text, String ago) {

    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ENGLISH);

    static Moment of(Instant at, Instant now, ZoneId zone) {
        ZonedDateTime local = at.atZone(zone);
        Duration age = Duration.between(at, now);
        return new Moment(
                DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(local.truncatedTo(ChronoUnit.SECONDS)),
                TEXT.format(local),
                PageText.ago(age));
    }
}
