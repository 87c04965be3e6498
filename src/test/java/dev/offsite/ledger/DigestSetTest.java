package dev.offsite.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigestSetTest {

    private static final int MANY = 20_000;

    @Test
    void itHasWhatWasAddedAndNothingElse() {
        DigestSet set = new DigestSet();
        assertThat(set.contains("")).isFalse();
        for (int i = 0; i < MANY; i++) {
            set.add("file " + i);
            set.add("file " + i);
        }
        assertThat(set.size()).isEqualTo(MANY);
        for (int i = 0; i < MANY; i++) {
            assertThat(set.contains("file " + i)).isTrue();
            assertThat(set.contains("other " + i)).isFalse();
        }
    }
}
