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
            "com.zaxxer.hikari",
            "org.apache.camel.component.exec",
            "org.apache.camel.component.file",
            "org.apache.camel.component.http",
            "org.apache.camel.component.mail",
            "org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer",
            "org.apache.camel.component.ssh",
            "org.apache.camel.impl.engine",
            "org.apache.camel.main",
            "org.apache.camel.support.task",
            "org.apache.sshd",
            "org.flywaydb",
            "org.postgresql");

    /** Of these only warnings are logged: failures in a user's own route must be visible. */
    private static final List<String> LIBRARIES =
            List.of("org.apache", "org.quartz", "org.h2", "org.jline", "com.jcraft", "io", "dev.offsite");

    private Logs() {}

    /**
     * Without debug, no stack trace is ever printed.
     *
     * @param debug whether to log what the libraries do, too
     * @param ours how much to log of what Offsite does
     */
    static void start(boolean debug, Level ours) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Encoder<ILoggingEvent> encoder =
                debug ? pattern(context, "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{20} %msg%n") : plain(new Lines());
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        // For the log steps of a user's own routes: their loggers have any name, such as that of the route's file.
        root.setLevel(ours == Level.WARN ? Level.WARN : Level.INFO);
        if (!debug) {
            LIBRARIES.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
            SAID_BY_OURSELVES.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        }
        context.getLogger("offsite").setLevel(ours);
        // Last: a reset context takes everything, and what other threads log in between would be printed.
        root.addAppender(stderr);
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

        private final ZoneId zone = ZoneId.systemDefault();

        @Override
        public String doLayout(ILoggingEvent event) {
            ZonedDateTime time = event.getInstant().atZone(zone);
            String level = event.getLevel().toString();
            StringBuilder line = new StringBuilder();
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
