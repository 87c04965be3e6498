package dev.offsite.bandwidth;

import dev.offsite.io.ByteSize;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bandwidth limit by time of day.
 *
 * @param windows parts of the day with a rate each; no two overlap
 * @param rest bytes per second at all other times; empty for no limit
 */
public record BandwidthLimit(List<Window> windows, OptionalLong rest) {

    public static final BandwidthLimit NONE = new BandwidthLimit(List.of(), OptionalLong.empty());

    /** With less, even a login becomes slow, and the server may think the connection is dead. */
    private static final long LEAST = 1024;

    private static final int DAY = 24 * 60;
    private static final Pattern PART = Pattern.compile("(?:([0-9:]+) ?- ?([0-9:]+) +)?([^\\s-].*)/s");
    private static final Pattern TIME = Pattern.compile("([01]?[0-9]|2[0-3]|24(?=:00)):([0-5][0-9])");

    public BandwidthLimit {
        windows = List.copyOf(windows);
    }

    /**
     * A part of the day, which may go past midnight.
     *
     * @param from first minute, counted from midnight
     * @param to first minute after it
     * @param rate bytes per second
     */
    public record Window(int from, int to, long rate) {

        private boolean has(int minute) {
            return from < to ? minute >= from && minute < to : minute >= from || minute < to;
        }

        private boolean overlaps(Window other) {
            return has(other.from) || other.has(from);
        }
    }

    /**
     * Parses a rate such as {@code 10MiB/s}, or a comma-separated list of hours and rates:
     * {@code 08:00-18:00 2MiB/s, 22:00-06:00 50MiB/s}. One rate in the list may have no hours and applies to the rest
     * of the day, which is otherwise unlimited. Empty text means no limit.
     *
     * @throws IllegalArgumentException if it is not valid, or two windows overlap
     */
    public static BandwidthLimit parse(String text) {
        if (text.isBlank()) {
            return NONE;
        }
        List<Window> windows = new ArrayList<>();
        OptionalLong rest = OptionalLong.empty();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "'%s' is no rate such as 10MiB/s, or 08:00-18:00 10MiB/s by day".formatted(part.strip()));
            }
            long rate = rate(matcher.group(3).strip());
            if (matcher.group(1) != null) {
                windows.add(window(matcher.group(1), matcher.group(2), rate, windows, text));
            } else if (rest.isEmpty()) {
                rest = OptionalLong.of(rate);
            } else {
                throw new IllegalArgumentException("'%s' has two rates without hours".formatted(text));
            }
        }
        return new BandwidthLimit(windows, rest);
    }

    private static long rate(String size) {
        try {
            long rate = ByteSize.parse(size);
            if (rate >= LEAST) {
                return rate;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'%s/s' is no rate such as 10MiB/s or 500KiB/s (units: KiB, MiB, GiB, in bytes, not bits)"
                            .formatted(size),
                    e);
        }
        throw new IllegalArgumentException(
                "'%s/s' is less than 1KiB/s, with which nothing comes to an end".formatted(size));
    }

    private static Window window(String from, String to, long rate, List<Window> before, String text) {
        Window window = new Window(minute(from) % DAY, minute(to), rate);
        if (window.from == window.to) {
            throw new IllegalArgumentException(
                    "'%s-%s' is no time at all; leave the hours out for the whole day".formatted(from, to));
        }
        if (before.stream().anyMatch(window::overlaps)) {
            throw new IllegalArgumentException(
                    "'%s' has two rates for the same time: %s-%s overlaps hours before it".formatted(text, from, to));
        }
        return window;
    }

    private static int minute(String time) {
        Matcher matcher = TIME.matcher(time);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'%s' is no time of day from 00:00 to 24:00".formatted(time));
        }
        return Integer.parseInt(matcher.group(1)) * 60 + Integer.parseInt(matcher.group(2));
    }

    /** Bytes per second at this time of day; empty for no limit. */
    public OptionalLong at(LocalTime time) {
        int minute = time.getHour() * 60 + time.getMinute();
        for (Window window : windows) {
            if (window.has(minute)) {
                return OptionalLong.of(window.rate);
            }
        }
        return rest;
    }

    public boolean isNone() {
        return windows.isEmpty() && rest.isEmpty();
    }
}
