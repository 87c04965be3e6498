package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PollWindowTest {

    private final List<String> happened = new ArrayList<>();
    private final PollWindow intake = new PollWindow(() -> happened.add("poll"), () -> happened.add("done"));

    private static File file(int i) {
        return new File("/backups/" + i);
    }

    private void take(int from, int to) {
        IntStream.range(from, to).forEach(i -> intake.take(file(i)));
    }

    private void commit(int from, int to) {
        IntStream.range(from, to).forEach(i -> intake.done(file(i), true));
    }

    @Test
    void aPollThatFindsNothingEndsTheRun() {
        intake.polled(false, 4);

        assertThat(happened).containsExactly("done");
    }

    @Test
    void isDoneWithItsLastFileWhereThePollHadAll() {
        take(0, 3);
        commit(0, 1);
        intake.polled(false, 4);
        assertThat(happened).isEmpty();

        commit(1, 3);

        assertThat(happened).containsExactly("done");
    }

    @Test
    void pollsAgainOnceWhenHalfOfAFullPollIsLeft() {
        take(0, 4);
        intake.polled(true, 4);
        commit(0, 1);
        assertThat(happened).isEmpty();
        assertThat(intake.begin()).isFalse();

        commit(1, 4);

        assertThat(happened).containsExactly("poll");
        assertThat(intake.begin()).isTrue();
        assertThat(intake.begin()).isFalse();
        intake.polled(false, 4);
        assertThat(happened).containsExactly("poll", "done");
    }

    @Test
    void aSmallFirstPollIsFollowedAtOnceByALargerOne() {
        take(0, 2);
        intake.polled(true, 4);

        assertThat(happened).containsExactly("poll");
    }

    @Test
    void whatFailedIsNotTakenAgainAndWhatIsCommittedTheLedgerHas() {
        take(0, 3);
        intake.done(file(0), false);
        intake.done(file(1), true);

        assertThat(intake.has(file(0))).isTrue();
        assertThat(intake.has(file(1))).isFalse();
        assertThat(intake.has(file(2))).isTrue();
    }

    @Test
    void closedItEndsWithTheFilesThatItHas() {
        take(0, 4);
        intake.polled(true, 4);

        intake.close();
        commit(0, 4);

        assertThat(happened).containsExactly("done");
        assertThat(intake.begin()).isFalse();
    }

    @Test
    void isNotDownToAnythingWhileAPollIsUnderWay() {
        take(0, 4);
        assertThat(intake.isDownTo(4)).isFalse();

        intake.polled(true, 4);

        assertThat(intake.isDownTo(4)).isTrue();
        assertThat(intake.isDownTo(3)).isFalse();
    }

    /** In a cluster: else a run would end that has tried only what other nodes were faster to take. */
    @Test
    void pollsAgainWhereAnotherNodeHadAFile() {
        take(0, 1);
        intake.missed();
        intake.polled(false, 4);
        assertThat(happened).containsExactly("poll");
        assertThat(intake.begin()).isTrue();

        intake.polled(false, 4);
        commit(0, 1);

        assertThat(happened).containsExactly("poll", "done");
    }
}
