package dev.offsite.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.DatedFolder;
import java.time.LocalDate;
import java.time.Period;
import java.time.temporal.WeekFields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.GregorianCalendar;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for any folders and any policy. */
class RetentionPropertiesTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 1, 4);

    /** Dense, sparse, and across years whose first days are of the last ISO week of the year before. */
    @Provide
    Arbitrary<Set<LocalDate>> days() {
        return Arbitraries.of(3, 40, 400, 3000).flatMap(span -> Arbitraries.integers()
                .between(0, span)
                .map(back -> TODAY.plusDays(1).minusDays(back))
                .set()
                .ofMaxSize(60));
    }

    @Provide
    Arbitrary<RetentionPolicy> policies() {
        Arbitrary<Map<Rule, Integer>> counts = Arbitraries.maps(
                        Arbitraries.of(Rule.class),
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(9, Arbitraries.integers().between(1, 12)),
                                net.jqwik.api.Tuple.of(1, Arbitraries.just(RetentionPolicy.UNLIMITED))))
                .ofMaxSize(5);
        Arbitrary<Optional<Within>> within = Arbitraries.of("", "1d", "10d", "3w", "1m", "7m", "1y", "2y5m7d")
                .map(text -> text.isEmpty() ? Optional.empty() : Optional.of(Within.parse(text)));
        return Combinators.combine(counts, within).as(RetentionPolicy::new);
    }

    /** Entries of every kind: verified, unverified, files, foreign, of the future. */
    @Provide
    Arbitrary<List<Folder>> roots() {
        Arbitrary<Integer> kinds = Arbitraries.integers().between(0, 9);
        return Combinators.combine(days(), kinds.list().ofSize(61)).as((days, kind) -> {
            List<Folder> entries = new ArrayList<>();
            int i = 0;
            for (LocalDate day : days) {
                entries.add(entry(day, kind.get(i++)));
            }
            return entries;
        });
    }

    private static Folder entry(LocalDate day, int kind) {
        String name = DatedFolder.BASIC.name(day);
        return switch (kind) {
            case 0 -> new Folder(name, Optional.of(day), true, Optional.of("no SHA256SUMS, not verified"));
            case 1 -> new Folder(name, Optional.of(day), false, Optional.empty());
            case 2 -> new Folder("foreign " + name, Optional.empty(), true, Optional.empty());
            case 3 ->
                new Folder(
                        DatedFolder.BASIC.name(day.plusYears(20)),
                        Optional.of(day.plusYears(20)),
                        true,
                        Optional.empty());
            default -> new Folder(name, Optional.of(day), true, Optional.empty());
        };
    }

    /**
     * restic's forget, said in another way than the code says it: a rule of N keeps a folder if the newer ones are of fewer
     * than N different weeks (or days, months, years), and it is the newest of its own week, or the oldest of all.
     */
    private static Set<LocalDate> keptByRestic(Collection<LocalDate> days, RetentionPolicy policy) {
        Set<LocalDate> kept = new TreeSet<>();
        for (LocalDate day : days) {
            List<LocalDate> newer = days.stream().filter(d -> d.isAfter(day)).toList();
            boolean oldest = days.stream().noneMatch(d -> d.isBefore(day));
            policy.counts().forEach((rule, count) -> {
                Set<String> used = newer.stream().map(d -> unit(rule, d)).collect(Collectors.toSet());
                if (used.size() < count && (oldest || !used.contains(unit(rule, day)))) {
                    kept.add(day);
                }
            });
            policy.within().ifPresent(within -> {
                LocalDate newest = Collections.max(days);
                if (day.isAfter(goesBack(newest, within))) {
                    kept.add(day);
                }
            });
        }
        return policy.counts().isEmpty() && policy.within().isEmpty() ? new TreeSet<>(days) : kept;
    }

    private static String unit(Rule rule, LocalDate day) {
        return switch (rule) {
            case NEWEST, DAILY -> day.toString();
            case WEEKLY -> day.with(WeekFields.ISO.dayOfWeek(), 1).toString();
            case MONTHLY -> day.toString().substring(0, 7);
            case YEARLY -> day.toString().substring(0, 4);
        };
    }

    /** As Go's AddDate, which lets days run over the end of a month. */
    private static LocalDate goesBack(LocalDate day, Within within) {
        Period period = within.period();
        GregorianCalendar calendar = new GregorianCalendar(
                day.getYear() - period.getYears(),
                day.getMonthValue() - 1 - period.getMonths(),
                day.getDayOfMonth() - period.getDays());
        return calendar.toZonedDateTime().toLocalDate();
    }

    @Property(tries = 2000)
    void thePlanIsThatOfRestic(@ForAll("days") Set<LocalDate> days, @ForAll("policies") RetentionPolicy policy) {
        RetentionPlan plan = plan(verified(days), policy);

        assertThat(plan.kept()).containsExactlyInAnyOrderElementsOf(names(keptByRestic(days, policy)));
    }

    @Property(tries = 500)
    void everyEntryHasOneDecisionAndTheNewestVerifiedStays(
            @ForAll("roots") List<Folder> entries, @ForAll("policies") RetentionPolicy policy) {
        RetentionPlan plan = plan(entries, policy);

        assertThat(plan.decisions())
                .extracting(Decision::folder)
                .containsExactlyInAnyOrderElementsOf(
                        entries.stream().map(Folder::name).toList());
        assertThat(plan.decisions()).allMatch(decision -> !decision.reasons().isEmpty());
        List<String> counted = entries.stream()
                .filter(folder -> folder.directory()
                        && folder.unverified().isEmpty()
                        && folder.date().isPresent()
                        && !folder.date().get().isAfter(TODAY.plusDays(1)))
                .map(Folder::name)
                .sorted()
                .toList();
        Set<String> both = new HashSet<>(plan.kept());
        both.addAll(plan.removed());
        assertThat(both).hasSize(plan.kept().size() + plan.removed().size()).containsAll(counted);
        assertThat(both).as("what does not count is never removed").hasSameSizeAs(counted);
        if (!counted.isEmpty()) {
            assertThat(plan.kept()).contains(counted.get(counted.size() - 1));
        }
    }

    @Property(tries = 500)
    void theOrderOfTheListingIsIrrelevant(
            @ForAll("roots") List<Folder> entries,
            @ForAll("policies") RetentionPolicy policy,
            @ForAll @IntRange(max = 1000) int seed) {
        List<Folder> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, new Random(seed));

        assertThat(plan(shuffled, policy).decisions())
                .isEqualTo(plan(entries, policy).decisions());
    }

    @Property(tries = 500)
    void aPlanThatWasFollowedRemovesNothingMore(
            @ForAll("roots") List<Folder> entries, @ForAll("policies") RetentionPolicy policy) {
        List<String> removed = plan(entries, policy).removed();
        List<Folder> left =
                entries.stream().filter(e -> !removed.contains(e.name())).toList();

        assertThat(plan(left, policy).removed()).isEmpty();
    }

    @Property(tries = 500)
    void aLargerKeepNeverRemovesWhatASmallerKeeps(
            @ForAll("roots") List<Folder> entries,
            @ForAll("policies") RetentionPolicy policy,
            @ForAll Rule rule,
            @ForAll @IntRange(min = 1, max = 5) int more) {
        int count = policy.counts().getOrDefault(rule, 0);
        boolean bounded = !policy.keepsAll() && count != RetentionPolicy.UNLIMITED;
        Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
        counts.putAll(policy.counts());
        counts.put(rule, bounded ? count + more : RetentionPolicy.UNLIMITED);
        List<String> before =
                policy.keepsAll() ? List.of() : plan(entries, policy).kept();

        assertThat(plan(entries, new RetentionPolicy(counts, policy.within())).kept())
                .containsAll(before);
    }

    /** Whatever a listing that is cut short lacks, it is no danger to what it shows. */
    @Property(tries = 500)
    void aListingThatLacksSomeRemovesNothingThatTheWholeWouldKeep(
            @ForAll("roots") List<Folder> entries,
            @ForAll("policies") RetentionPolicy policy,
            @ForAll @IntRange(max = 60) int from,
            @ForAll @IntRange(max = 60) int to) {
        List<Folder> cut = entries.subList(Math.min(from, entries.size()), entries.size());
        cut = cut.subList(0, Math.min(to, cut.size()));

        assertThat(plan(cut, policy).removed()).noneMatch(plan(entries, policy).kept()::contains);
    }

    /** Unverified folders and others in between change nothing about what is kept. */
    @Property(tries = 500)
    void whatDoesNotCountEvictsNothing(
            @ForAll("roots") List<Folder> entries, @ForAll("policies") RetentionPolicy policy) {
        RetentionPlan plan = plan(entries, policy);
        Set<String> counted = new HashSet<>(plan.kept());
        counted.addAll(plan.removed());
        List<Folder> only =
                entries.stream().filter(e -> counted.contains(e.name())).toList();

        assertThat(plan(only, policy).kept()).isEqualTo(plan.kept());
    }

    private static RetentionPlan plan(List<Folder> entries, RetentionPolicy policy) {
        return RetentionPlan.of(entries, policy, TODAY);
    }

    private static List<Folder> verified(Collection<LocalDate> days) {
        return days.stream().map(day -> entry(day, 9)).toList();
    }

    private static List<String> names(Collection<LocalDate> days) {
        return days.stream().map(DatedFolder.BASIC::name).toList();
    }
}
