package dev.offsite.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.scrub.ScrubPlan.Listed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScrubPlanTest {

    private static Listed copy(String folder, String name, long size, long verified) {
        return new Listed(folder, name, "hash", size, verified < 0 ? Listed.NEVER : Instant.ofEpochSecond(verified));
    }

    private static List<String> turn(List<Listed> all, long budget) {
        return ScrubPlan.turn(all, budget).stream().map(Listed::path).toList();
    }

    private static final List<Listed> SOME = List.of(
            copy("2", "new", 10, 300),
            copy("1", "old", 10, 100),
            copy("2", "never", 10, -1),
            copy("1", "never", 10, -1),
            copy("1", "middle", 10, 200));

    @Test
    void takesTheLongestNotVerifiedFirst() {
        assertThat(turn(SOME, Long.MAX_VALUE)).containsExactly("1/never", "2/never", "1/old", "1/middle", "2/new");
    }

    @Test
    void takesWhatIsKnownToBeDamagedBeforeAll() {
        List<Listed> all = new ArrayList<>(SOME);
        all.add(new Listed("9", "damaged", "hash", 10, Listed.DAMAGED));

        assertThat(turn(all, 20)).containsExactly("9/damaged", "1/never");
    }

    @Test
    void takesNoMoreThanTheBudget() {
        assertThat(turn(SOME, 30)).containsExactly("1/never", "2/never", "1/old");
        assertThat(turn(SOME, 39)).containsExactly("1/never", "2/never", "1/old");
        assertThat(turn(SOME, 0)).isEmpty();
    }

    @Test
    void takesOneHoweverLargeAndNoSmallerOneInItsPlace() {
        List<Listed> all = List.of(copy("1", "large", 1000, 1), copy("1", "small", 1, 2));

        assertThat(turn(all, 10)).containsExactly("1/large");
        assertThat(turn(List.of(copy("1", "a", 5, 1), copy("1", "large", 1000, 2), copy("1", "c", 1, 3)), 10))
                .containsExactly("1/a");
    }

    @Test
    void verifiesInPortionsOfFilesAndOfBytes() {
        List<Listed> small = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            small.add(copy("1", "" + i, 1, i));
        }
        assertThat(ScrubPlan.portions(small)).extracting(List::size).containsExactly(1000, 1000, 500);
        assertThat(ScrubPlan.portions(
                        List.of(copy("1", "a", 3L << 30, 1), copy("1", "b", 1, 2), copy("1", "c", 2L << 30, 3))))
                .extracting(List::size)
                .containsExactly(1, 1, 1);
        assertThat(ScrubPlan.portions(List.of())).isEmpty();
    }
}
