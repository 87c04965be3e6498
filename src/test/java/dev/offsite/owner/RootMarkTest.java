package dev.offsite.owner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RootMarkTest {

    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final RootMark MARK = new RootMark(ID, "nas", "db", "/var/lib/offsite", true);

    @Test
    void isReadAsItWasWritten() {
        assertThat(RootMark.parse(MARK.format())).contains(MARK);
        assertThat(RootMark.parse(MARK.format() + "colour green\nnothing\n")).contains(MARK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "offsite-owner 1\n", "offsite-owner 2\nid " + ID, "offsite-owner 1\nid ../../x\n"})
    void whatIsSomethingElseIsNoMark(String text) {
        assertThat(RootMark.parse(text)).isEmpty();
    }

    @Test
    void aNameCannotForgeALineNorFloodAMessage() {
        RootMark odd = new RootMark(ID, "a\nid b\nshared true", "\u001b[2J" + "x".repeat(1000), "", false);
        assertThat(RootMark.parse(odd.format()).orElseThrow().shared()).isFalse();
        assertThat(odd.words()).hasSizeLessThan(250).doesNotContain("\n", "\u001b");
    }

    @Test
    void itIsOfTheSameJobWhateverTheStateFolder() {
        String other = ID.replace('0', '1');
        assertThat(MARK.isOfSameJobAs(new RootMark(other, "nas", "db", "/srv/state", false)))
                .isTrue();
        assertThat(MARK.isOfSameJobAs(new RootMark(ID, "nas2", "db", "/var/lib/offsite", true)))
                .isFalse();
        assertThat(MARK.isOfSameJobAs(new RootMark(ID, "nas", "web", "/var/lib/offsite", true)))
                .isFalse();
    }
}
