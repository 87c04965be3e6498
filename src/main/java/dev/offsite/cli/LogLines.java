package dev.offsite.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * Formats log lines as time, level and message, without stack traces. Logback's own patterns load many classes, which
 * would slow each start.
 */
public final class LogLines extends LayoutBase<ILoggingEvent> {

    private final String start;
    private final ZoneId zone = ZoneId.systemDefault();

    LogLines(String start) {
        this.start = start;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        ZonedDateTime time = event.getInstant().atZone(zone);
        String level = event.getLevel().toString();
        StringBuilder line = new StringBuilder(start);
        twoDigits(line, time.getHour()).append(':');
        twoDigits(line, time.getMinute()).append(':');
        twoDigits(line, time.getSecond()).append(' ').append(level);
        return line.append(" ".repeat(Math.max(0, 6 - level.length())))
                .append(event.getFormattedMessage())
                .append(System.lineSeparator())
                .toString();
    }

    private static StringBuilder twoDigits(StringBuilder line, int number) {
        return (number < 10 ? line.append('0') : line).append(number);
    }
}
