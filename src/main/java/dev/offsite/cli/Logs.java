package dev.offsite.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Sets up the log: our own lines on standard error; the libraries' only with {@code --debug}. */
public final class Logs {

    /** We already report in one line what these loggers warn of. */
    private static final List<String> SAID_BY_OURSELVES = List.of(
            "org.apache.camel.component.file",
            "org.apache.camel.component.ssh",
            "org.apache.camel.impl.engine",
            "org.apache.camel.main",
            "org.apache.camel.support.task",
            "org.apache.sshd");

    private Logs() {}

    /** Without debug, no stack trace is ever printed. */
    static void start(boolean debug) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        // On a terminal, clear the progress line first.
        String start = Progress.terminal() ? "\r\u001b[K" : "";
        Encoder<ILoggingEvent> encoder = debug
                ? pattern(context, start + "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{20} %msg%n")
                : plain(new Lines(start));
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(stderr);
        // Failures in a user's own route must be visible.
        root.setLevel(debug ? Level.INFO : Level.WARN);
        if (!debug) {
            SAID_BY_OURSELVES.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        }
        context.getLogger("offsite").setLevel(debug ? Level.DEBUG : Level.INFO);
        // For log steps in a user's own routes.
        context.getLogger("routes").setLevel(Level.INFO);
    }

    private static Encoder<ILoggingEvent> pattern(LoggerContext context, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> plain(Lines lines) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(lines);
        encoder.start();
        return encoder;
    }

    /**
     * Formats log lines as time, level and message, without stack traces. Logback's own patterns load many classes, which
     * would slow each start.
     */
    private static final class Lines extends LayoutBase<ILoggingEvent> {

        private final String start;
        private final ZoneId zone = ZoneId.systemDefault();

        Lines(String start) {
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
}
