package dev.offsite.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.DatedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One file a case in {@code src/test/resources/retention}: what it shows, today, the policy, and for each entry what becomes
 * of it. {@code -Doffsite.golden=write} writes the decisions anew; then read what changed.
 */
class GoldenPlansTest {

    private static final Path CASES = Path.of("src/test/resources/retention");
    private static final boolean WRITE = "write".equals(System.getProperty("offsite.golden"));

    static List<Path> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theDecisionsAreThoseOfTheFile(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> head =
                lines.stream().filter(line -> line.matches("(#|today=|keep).*")).toList();
        Map<String, String> keys = head.stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')), line -> line.substring(line.indexOf('=') + 1)));
        Map<String, Folder> entries = new LinkedHashMap<>();
        lines.stream().filter(line -> !head.contains(line) && !line.isBlank()).forEach(line -> {
            Folder folder = folder(line);
            entries.put(folder.name(), folder);
        });

        RetentionPlan plan =
                RetentionPlan.of(List.copyOf(entries.values()), policy(keys), LocalDate.parse(keys.get("today")));

        List<String> expected = new ArrayList<>(head);
        expected.add("");
        plan.decisions().forEach(decision -> {
            Folder folder = entries.get(decision.folder());
            String kind = folder.directory()
                    ? folder.unverified().map(u -> " unverified").orElse("")
                    : " link";
            expected.add("%s%s | %s".formatted(folder.name(), kind, decision.reason()));
        });
        if (WRITE) {
            Files.write(file, expected);
        }
        assertThat(lines).isEqualTo(expected);
    }

    private static Folder folder(String line) {
        String[] words = line.substring(0, line.indexOf('|')).strip().split(" ", 2);
        boolean link = words.length == 2 && words[1].equals("link");
        boolean unverified = words.length == 2 && words[1].equals("unverified");
        return new Folder(
                words[0],
                DatedFolder.BASIC.parse(words[0]),
                !link,
                unverified ? Optional.of("no SHA256SUMS, not verified") : Optional.empty());
    }

    private static RetentionPolicy policy(Map<String, String> keys) {
        Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
        for (Rule rule : Rule.values()) {
            if (keys.containsKey(rule.key())) {
                String count = keys.get(rule.key());
                counts.put(rule, count.equals("all") ? RetentionPolicy.UNLIMITED : Integer.parseInt(count));
            }
        }
        return new RetentionPolicy(
                counts, Optional.ofNullable(keys.get("keep-within")).map(Within::parse));
    }

    /** restic's documentation: a backup a day for a hundred years, kept daily 7, weekly 5, monthly 12, yearly 75. */
    @Test
    void aHundredYearsOfDailyBackups() {
        LocalDate today = LocalDate.of(2026, 11, 29);
        List<Folder> entries = Stream.iterate(today, day -> day.isAfter(today.minusYears(100)), day -> day.minusDays(1))
                .map(day -> new Folder(DatedFolder.BASIC.name(day), Optional.of(day), true, Optional.empty()))
                .toList();
        RetentionPolicy policy = new RetentionPolicy(
                Map.of(Rule.DAILY, 7, Rule.WEEKLY, 5, Rule.MONTHLY, 12, Rule.YEARLY, 75), Optional.empty());

        List<String> kept = RetentionPlan.of(entries, policy, today).kept();

        // 7 days, 4 more Sundays (one of them is a day already), 11 more ends of months, 74 more ends of years less
        // that
        // of 2025, which is the end of a month already.
        assertThat(kept).hasSize(7 + 4 + 11 + 73);
        assertThat(kept.subList(0, 7))
                .isEqualTo(entries.subList(0, 7).stream().map(Folder::name).toList());
        assertThat(kept).contains("20261122", "20261115", "20261108", "20261101", "20251231", "19521231");
        assertThat(kept).doesNotContain("19511231", "20261025");
    }

    /** Not by a clock, which is a busy machine's: what a plan does must not grow with the square of the folders. */
    @Test
    void tenThousandFoldersCostTenTimesAThousand() {
        long thousand = comparisons(1_000);
        long tenThousand = comparisons(10_000);

        assertThat(tenThousand).isLessThan(20 * thousand);
    }

    private static long comparisons(int folders) {
        long[] looks = {0};
        LocalDate today = LocalDate.of(2026, 11, 25);
        List<Folder> entries = new ArrayList<>();
        for (int i = 0; i < folders; i++) {
            LocalDate day = today.minusDays(i);
            entries.add(new Folder(DatedFolder.BASIC.name(day), Optional.of(day), true, Optional.empty()));
        }
        List<Folder> counting = new java.util.AbstractList<>() {
            @Override
            public Folder get(int index) {
                looks[0]++;
                return entries.get(index);
            }

            @Override
            public int size() {
                return entries.size();
            }
        };
        RetentionPolicy policy = new RetentionPolicy(
                Map.of(Rule.NEWEST, 7, Rule.DAILY, 30, Rule.WEEKLY, 52, Rule.MONTHLY, 120, Rule.YEARLY, 75),
                Optional.of(Within.parse("1y")));
        long before = System.nanoTime();
        assertThat(RetentionPlan.of(counting, policy, today).kept()).isNotEmpty();
        System.out.printf("%d folders planned in %.1f ms%n", folders, (System.nanoTime() - before) / 1e6);
        return looks[0];
    }
}
