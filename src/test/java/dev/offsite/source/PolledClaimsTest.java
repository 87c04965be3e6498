package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.cluster.MemoryCluster;
import dev.offsite.job.Job;
import dev.offsite.support.Fixtures;
import java.io.File;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolledClaimsTest {

    private static final Job DB = Fixtures.job("db", "/srv/db");
    private static final File ONE = DB.source().resolve("one").toFile();
    private static final File TWO = DB.source().resolve("two").toFile();

    private final MemoryCluster.Memory memory = new MemoryCluster.Memory();
    private final FileClaims here = new FileClaims(DB, memory.join());
    private final FileClaims there = new FileClaims(DB, memory.join());
    private final Set<File> shipped = new HashSet<>();
    private final PolledClaims polled = new PolledClaims(here, this::shipped);

    private Set<File> shipped(Collection<File> files) {
        Set<File> both = new HashSet<>(files);
        both.retainAll(shipped);
        return both;
    }

    @Test
    void allAreClaimedWithTheFirst() {
        polled.want(ONE);
        polled.want(TWO);
        assertThat(there.ofOthers()).isEmpty();
        assertThat(polled.take(ONE)).isTrue();
        assertThat(there.ofOthers()).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(polled.take(TWO)).isTrue();
    }

    @Test
    void whatThePollDoesNotTakeIsFreeAtItsEnd() {
        polled.want(ONE);
        polled.want(TWO);
        polled.take(ONE);
        polled.end();
        assertThat(there.ofOthers()).containsExactly(ONE);
        assertThat(there.take(TWO)).isTrue();
        assertThat(polled.take(TWO)).isFalse();
    }

    @Test
    void whatAnotherNodeHasIsNotTaken() {
        polled.want(ONE);
        polled.want(TWO);
        assertThat(there.take(ONE)).isTrue();
        assertThat(polled.take(ONE)).isFalse();
        assertThat(polled.take(TWO)).isTrue();
        polled.end();
        assertThat(here.ofOthers()).containsExactly(ONE);
    }

    @Test
    void whatAnotherNodeHasShippedMeanwhileIsNotTaken() {
        polled.want(ONE);
        polled.want(TWO);
        shipped.add(ONE);
        assertThat(polled.take(ONE)).isFalse();
        assertThat(there.take(ONE)).as("it is free").isTrue();
        assertThat(polled.take(TWO)).isTrue();
    }
}
