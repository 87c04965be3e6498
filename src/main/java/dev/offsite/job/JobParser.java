package dev.offsite.job;

import dev.offsite.age.AgeRecipients;
import dev.offsite.age.Encryption;
import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.retention.Rule;
import dev.offsite.retention.Within;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Builds a job from the values of its settings.
 *
 * @param values of the settings, with placeholders resolved; null or missing if a setting has no value
 * @param isDefault whether that setting is known to have its default value
 * @param period parses a period such as {@code 10s}
 * @param configs the user's configuration of ssh, if a job names one
 */
public record JobParser(
        Map<String, String> values,
        Predicate<String> isDefault,
        Function<String, Duration> period,
        SshConfigs configs) {

    /** Fails with {@link IllegalArgumentException} if a value cannot be parsed */
    public Job job(String name) {
        return new Job(
                name,
                path("source"),
                text("root"),
                period.apply(text("ready")),
                text("done-file"),
                AfterCommitAction.named(text("after")),
                path("move-to"),
                DatedBy.named(text("dated-by")),
                new DatedFolder(text("folder-format")),
                text("zone") == null ? ZoneId.systemDefault() : ZoneId.of(text("zone")),
                retention(),
                new PruneSettings(
                        text("prune").equals(PruneSettings.NEVER),
                        period.apply(text("trash")),
                        Integer.parseInt(text("plausible").replace("%", ""))),
                Boolean.parseBoolean(text("shared")),
                Integer.parseInt(text("parallel")),
                isDefault.test("parallel"),
                text("limit") == null ? BandwidthLimit.NONE : BandwidthLimit.parse(text("limit")),
                Optional.ofNullable(text("max-age")).map(period),
                Optional.ofNullable(text("encrypt-to"))
                        .map(to -> new Encryption(AgeRecipients.read(to), Boolean.parseBoolean(text("encrypt-names")))),
                new TargetParser(values, configs).target());
    }

    private RetentionPolicy retention() {
        Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
        for (Rule rule : Rule.values()) {
            String count = text(rule.key());
            if (count != null) {
                counts.put(
                        rule, count.equals(RetentionPolicy.ALL) ? RetentionPolicy.UNLIMITED : Integer.parseInt(count));
            }
        }
        Optional<Within> within = Optional.ofNullable(text("keep-within")).map(Within::parse);
        if ((counts.size() > 1 || within.isPresent()) && isDefault.test(Rule.NEWEST.key())) {
            counts.remove(Rule.NEWEST);
        }
        return new RetentionPolicy(counts, within);
    }

    private String text(String name) {
        return values.get(name);
    }

    private Path path(String name) {
        String text = text(name);
        return text == null ? null : Path.of(text);
    }
}
