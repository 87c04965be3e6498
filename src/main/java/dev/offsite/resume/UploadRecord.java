package dev.offsite.resume;

import dev.offsite.source.FileState;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An upload that is under way or was cut.
 *
 * @param owner the job; empty for a file that was put
 * @param target in the form {@code user@host:port}
 * @param part the temporary name on the target, absolute
 * @param source the local file, absolute
 * @param state its size, time and inode when the upload began
 * @param confirmed the server has confirmed everything before this offset
 * @param at when it had confirmed that
 */
public record UploadRecord(
        String owner, String target, String part, Path source, FileState state, long confirmed, Instant at) {

    UploadRecord with(String otherPart, long end, Instant now) {
        return new UploadRecord(owner, target, otherPart, source, state, end, now);
    }

    /** In the format of {@link #parse}. */
    String format() {
        Map<String, String> values = Map.of(
                "owner", owner,
                "target", target,
                "part", part,
                "source", source.toString(),
                "size", String.valueOf(state.size()),
                "modified", String.valueOf(state.modified()),
                "inode", String.valueOf(state.inode()),
                "confirmed", String.valueOf(confirmed),
                "at", at.toString());
        StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> text.append(key)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                .append('\n'));
        return text.toString();
    }

    /** Empty if it is something else: a power cut may have left half of it. */
    static Optional<UploadRecord> parse(String text) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : text.lines().toList()) {
                String[] parts = line.split("=", 2);
                values.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
            FileState state =
                    new FileState(number(values, "size"), number(values, "modified"), number(values, "inode"), -1, -1);
            return Optional.of(new UploadRecord(
                    values.getOrDefault("owner", ""),
                    values.getOrDefault("target", ""),
                    values.getOrDefault("part", ""),
                    Path.of(values.getOrDefault("source", "")),
                    state,
                    number(values, "confirmed"),
                    Instant.parse(values.getOrDefault("at", ""))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static long number(Map<String, String> values, String key) {
        return Long.parseLong(values.getOrDefault(key, ""));
    }
}
