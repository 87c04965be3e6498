package dev.offsite.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.offsite.job.DatedFolder;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RetentionPlanTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 3, 10);

    @Test
    void keepsTheNewestAndSaysWhyForEach() {
        assertThat(lines(plan(3, verified("20260306", "20260310", "20260308", "20260309", "20260301"))))
                .containsExactly(
                        "20260310 kept: the newest of 3",
                        "20260309 kept: 2nd newest of 3",
                        "20260308 kept: 3rd newest of 3",
                        "20260306 removed: older than the newest 3",
                        "20260301 removed: older than the newest 3");
    }

    @Test
    void keepsOne() {
        assertThat(lines(plan(1, verified("20260309", "20260310"))))
                .containsExactly("20260310 kept: the newest", "20260309 removed: older than the newest");
    }

    @Test
    void removesNothingWhenThereAreFewerThanToKeep() {
        assertThat(plan(7, verified("20260309", "20260310")).removed()).isEmpty();
    }

    @Test
    void removesOldestFirst() {
        assertThat(plan(1, verified("20260308", "20260310", "20260301")).removed())
                .containsExactly("20260301", "20260308");
    }

    @Test
    void anEmptyPolicyRemovesNothing() {
        for (RetentionPolicy policy :
                List.of(RetentionPolicy.KEEP_ALL, new RetentionPolicy(Map.of(), Optional.empty()))) {
            RetentionPlan plan = RetentionPlan.of(verified("20260309", "20260310"), policy, TODAY);

            assertThat(lines(plan)).containsExactly("20260310 kept: no limit is set", "20260309 kept: no limit is set");
        }
    }

    @Test
    void leavesAloneWhatIsNoVerifiedDatedFolderAndDoesNotCountIt() {
        List<Folder> entries = new ArrayList<>(verified("20260301", "20260302"));
        entries.add(folder("20260310", true, false));
        entries.add(folder("20260309", false, true));
        entries.add(folder("20260308", false, false));
        entries.add(folder("20260230", true, true));
        entries.add(folder("notes", true, true));
        entries.add(folder(".trash", true, false));
        entries.add(folder("README", false, false));

        assertThat(lines(plan(1, entries)))
                .containsExactly(
                        "20260310 left alone: no SHA256SUMS, not verified",
                        "20260309 left alone: a symbolic link or file",
                        "20260308 left alone: a symbolic link or file",
                        "20260302 kept: the newest",
                        "20260301 removed: older than the newest",
                        ".trash left alone: not a dated folder",
                        "20260230 left alone: not a dated folder",
                        "README left alone: not a dated folder",
                        "notes left alone: not a dated folder");
    }

    @Test
    void aFutureDateNeitherCountsNorGoesButTomorrowDoes() {
        assertThat(lines(plan(2, verified("29990101", "20260312", "20260311", "20260310", "20260309"))))
                .containsExactly(
                        "29990101 left alone: dated in the future",
                        "20260312 left alone: dated in the future",
                        "20260311 kept: the newest of 2",
                        "20260310 kept: 2nd newest of 2",
                        "20260309 removed: older than the newest 2");
    }

    @Test
    void anEmptyRootIsAnEmptyPlan() {
        RetentionPlan plan = plan(1, List.of());

        assertThat(plan.decisions()).isEmpty();
        assertThat(plan.removed()).isEmpty();
    }

    @Test
    void refusesAListingWithANameTwice() {
        assertThatIllegalArgumentException().isThrownBy(() -> plan(1, verified("20260310", "20260310")));
    }

    /** Names that differ may still be the same day to a format; one of the two would then decide about the other. */
    @Test
    void refusesAListingWithADayTwice() {
        List<Folder> entries = new ArrayList<>(verified("20260310"));
        entries.add(new Folder("2026-03-10", Optional.of(TODAY), true, Optional.empty()));

        assertThatIllegalArgumentException().isThrownBy(() -> plan(1, entries));
    }

    static Stream<List<Folder>> roots() {
        return IntStream.range(0, 300).mapToObj(RetentionPlanTest::randomRoot);
    }

    @ParameterizedTest
    @MethodSource("roots")
    void whateverTheRootHolds(List<Folder> entries) {
        List<String> counted = counted(entries);
        List<Folder> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, new Random(entries.size()));
        List<String> before = counted;
        for (int keep = 1; keep <= entries.size() + 1; keep++) {
            RetentionPlan plan = plan(keep, entries);

            assertThat(plan.decisions())
                    .as("one decision for each entry")
                    .extracting(Decision::folder)
                    .containsExactlyInAnyOrderElementsOf(
                            entries.stream().map(Folder::name).toList());
            assertThat(plan.decisions())
                    .as("the reason agrees with the decision")
                    .allMatch(decision -> decision.remove() == decision.reason().startsWith("removed: "));
            assertThat(plan.removed())
                    .as("all but the newest, oldest first")
                    .isEqualTo(counted.subList(0, Math.max(0, counted.size() - keep)));
            assertThat(before).as("a larger keep never removes more").containsAll(plan.removed());
            assertThat(plan(keep, shuffled).decisions())
                    .as("the order of the input is irrelevant")
                    .isEqualTo(plan.decisions());
            before = plan.removed();
        }
        assertThat(RetentionPlan.of(entries, RetentionPolicy.KEEP_ALL, TODAY).removed())
                .isEmpty();
    }

    /** Up to 30 entries around today of every kind, and some that are foreign; the same for the same seed. */
    private static List<Folder> randomRoot(int seed) {
        Random random = new Random(seed);
        return random.ints(random.nextInt(30), -25, 6)
                .distinct()
                .mapToObj(days -> random.nextInt(8) == 0
                        ? folder("foreign" + days, random.nextBoolean(), random.nextBoolean())
                        : folder(
                                DatedFolder.BASIC.name(TODAY.plusDays(days)),
                                random.nextInt(6) > 0,
                                random.nextInt(6) > 0))
                .collect(Collectors.toList());
    }

    private static List<String> counted(List<Folder> entries) {
        return entries.stream()
                .filter(folder -> folder.directory() && folder.unverified().isEmpty())
                .map(Folder::name)
                .filter(name -> !name.startsWith("foreign") && name.compareTo("20260311") <= 0)
                .sorted()
                .toList();
    }

    private static RetentionPlan plan(int keep, List<Folder> entries) {
        return RetentionPlan.of(entries, new RetentionPolicy(keep), TODAY);
    }

    private static List<Folder> verified(String... names) {
        return Stream.of(names).map(name -> folder(name, true, true)).toList();
    }

    private static List<String> lines(RetentionPlan plan) {
        return plan.decisions().stream()
                .map(decision -> decision.folder() + " " + decision.reason())
                .toList();
    }

    private static Folder folder(String name, boolean directory, boolean manifest) {
        return new Folder(
                name,
                DatedFolder.BASIC.parse(name),
                directory,
                manifest ? Optional.empty() : Optional.of("no SHA256SUMS, not verified"));
    }
}
