package dev.offsite.owner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RootMarkTest {

    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final String MACHINE = "00112233445566778899aabbccddeeff";
    private static final RootMark MARK = new RootMark(ID, MACHINE, "nas", "db", "/var/lib/offsite", true);

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
        RootMark odd = new RootMark(ID, "", "a\nid b\nshared true", "\u001b[2J" + "x".repeat(1000), "", false);
        assertThat(RootMark.parse(odd.format()).orElseThrow().shared()).isFalse();
        assertThat(odd.words()).hasSizeLessThan(250).doesNotContain("\n", "\u001b");
    }

    @Test
    void theMachineIsUnknownInAMarkOfAnEarlierVersionOrIfItIsNoId() {
        RootMark unknown = new RootMark(ID, "", "nas", "db", "/var/lib/offsite", true);
        assertThat(unknown.format()).doesNotContain("machine");
        assertThat(RootMark.parse(unknown.format())).contains(unknown);
        assertThat(RootMark.parse(MARK.format().replace(MACHINE, "../x"))).contains(unknown);
    }

    @ParameterizedTest
    @CsvSource({
        "same,    nas,  db,  true,  false",
        "unknown, nas,  db,  true,  false",
        "other,   nas,  db,  false, true",
        "same,    nas2, db,  false, false",
        "other,   nas2, db,  false, false",
        "same,    nas,  web, false, false",
        "other,   nas,  web, false, false"
    })
    void itIsOfTheSameJobWhateverTheStateFolder(
            String machine, String host, String job, boolean sameJob, boolean namesake) {
        String id =
                switch (machine) {
                    case "same" -> MACHINE;
                    case "other" -> MACHINE.replace('0', '1');
                    default -> "";
                };
        RootMark other = new RootMark(ID.replace('0', '1'), id, host, job, "/srv/state", false);
        assertThat(MARK.isOfSameJobAs(other)).isEqualTo(sameJob);
        assertThat(other.isOfSameJobAs(MARK)).isEqualTo(sameJob);
        assertThat(MARK.isOfNamesakeOf(other)).isEqualTo(namesake);
    }
}
