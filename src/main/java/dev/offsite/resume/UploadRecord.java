package dev.offsite.resume;

import dev.offsite.age.AgeKey;
import dev.offsite.age.AgeRecipients;
import dev.offsite.source.FileState;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An upload that is under way or was cut.
 *
 * @param owner the job; empty for a file that was put
 * @param target in the form {@code user@host:port}
 * @param part the temporary name on the target, absolute
 * @param source the local file, absolute
 * @param state its size, time and inode when the upload began
 * @param key that it is encrypted with, so that the same bytes come again; empty if it is not
 * @param confirmed the server has confirmed everything before this offset
 * @param at when it had confirmed that
 */
public record UploadRecord(
        String owner,
        String target,
        String part,
        Path source,
        FileState state,
        Optional<AgeKey> key,
        long confirmed,
        Instant at) {

    private static final HexFormat HEX = HexFormat.of();

    UploadRecord with(String otherPart, long end, Instant now) {
        return new UploadRecord(owner, target, otherPart, source, state, key, end, now);
    }

    /** In the format of {@link #parse}. */
    String format() {
        Map<String, String> values = new TreeMap<>(Map.of(
                "owner", owner,
                "target", target,
                "part", part,
                "source", source.toString(),
                "size", String.valueOf(state.size()),
                "modified", String.valueOf(state.modified()),
                "inode", String.valueOf(state.inode()),
                "changed", String.valueOf(state.changed()),
                "confirmed", String.valueOf(confirmed),
                "at", at.toString()));
        key.ifPresent(one -> {
            values.put("recipients", String.join(",", one.recipients().keys()));
            values.put("header", HEX.formatHex(one.header()));
            values.put("key", HEX.formatHex(one.payload()));
        });
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
            FileState state = new FileState(
                    number(values, "size"),
                    number(values, "modified"),
                    number(values, "inode"),
                    values.containsKey("changed") ? number(values, "changed") : -1,
                    -1);
            return Optional.of(new UploadRecord(
                    values.getOrDefault("owner", ""),
                    values.getOrDefault("target", ""),
                    values.getOrDefault("part", ""),
                    Path.of(values.getOrDefault("source", "")),
                    state,
                    key(values),
                    number(values, "confirmed"),
                    Instant.parse(values.getOrDefault("at", ""))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<AgeKey> key(Map<String, String> values) {
        return values.containsKey("key")
                ? Optional.of(new AgeKey(
                        AgeRecipients.parse(values.getOrDefault("recipients", "")),
                        HEX.parseHex(values.getOrDefault("header", "")),
                        HEX.parseHex(values.get("key"))))
                : Optional.empty();
    }

    private static long number(Map<String, String> values, String key) {
        return Long.parseLong(values.getOrDefault(key, ""));
    }
}
