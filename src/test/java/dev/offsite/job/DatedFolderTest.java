package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatedFolderTest {

    @Test
    void everyDayOfFourCenturiesSurvivesNameAndParse() {
        LocalDate.of(1800, 1, 1).datesUntil(LocalDate.of(2200, 1, 1)).forEach(day -> assertThat(
                        DatedFolder.BASIC.parse(DatedFolder.BASIC.name(day)))
                .contains(day));
    }

    @Test
    void theNameIsEightDigits() {
        assertThat(DatedFolder.BASIC.name(LocalDate.of(2026, 1, 2))).isEqualTo("20260102");
        assertThat(DatedFolder.BASIC.name(LocalDate.of(987, 6, 5))).isEqualTo("09870605");
    }

    @Test
    void theNameIsTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(DatedFolder.BASIC.name(LocalDate.of(2026, 1, 2))).isEqualTo("20260102");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void knowsLeapYears() {
        assertThat(DatedFolder.BASIC.parse("20240229")).contains(LocalDate.of(2024, 2, 29));
        assertThat(DatedFolder.BASIC.parse("20250229")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20260230",
                "20261301",
                "20260001",
                "20260100",
                "00000000",
                "99999999",
                "2026-01-02",
                "2026012",
                "202601020",
                " 20260102",
                "20260102 ",
                "20260102\n",
                "20260102Z",
                "20260102+01",
                "+2026010",
                "٢٠٢٦٠١٠٢",
                "20260102.part",
                ".trash",
                "../20260102",
                "20260102/"
            })
    void whatIsNoDateIsNoDatedFolder(String name) {
        assertThat(DatedFolder.BASIC.parse(name)).isEmpty();
    }

    @Test
    void refusesAYearThatDoesNotFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> DatedFolder.BASIC.name(LocalDate.of(10_000, 1, 1)));
        assertThatIllegalArgumentException().isThrownBy(() -> DatedFolder.BASIC.name(LocalDate.of(-1, 1, 1)));
    }
}
