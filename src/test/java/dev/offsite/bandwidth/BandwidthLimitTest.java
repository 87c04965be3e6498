package dev.offsite.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalTime;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BandwidthLimitTest {

    private static final long MIB = 1 << 20;

    private static OptionalLong at(String limit, String time) {
        return BandwidthLimit.parse(limit).at(LocalTime.parse(time));
    }

    @ParameterizedTest
    @CsvSource({
        "10MiB/s, 10485760",
        "500KiB/s, 512000",
        "1GiB/s, 1073741824",
        "10M/s, 10485760",
        "1.5 MiB/s, 1572864",
        "1KiB/s, 1024",
        "4096B/s, 4096"
    })
    void isOneRateAtAllTimes(String limit, long rate) {
        assertThat(at(limit, "00:00")).hasValue(rate);
        assertThat(at(limit, "23:59:59.999")).hasValue(rate);
        assertThat(BandwidthLimit.parse(limit).isNone()).isFalse();
    }

    @Test
    void nothingIsNoLimit() {
        assertThat(BandwidthLimit.parse("")).isEqualTo(BandwidthLimit.NONE);
        assertThat(BandwidthLimit.NONE.isNone()).isTrue();
        assertThat(BandwidthLimit.NONE.at(LocalTime.NOON)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"07:59:59.999 | ", "08:00 | 2", "17:59:59 | 2", "18:00 | 10", "22:59 | 10", "23:00 | ", "00:00 | "
            })
    void aRateBelongsToItsHours(String time, Long mib) {
        OptionalLong rate = at("08:00-18:00 2MiB/s, 18:00-23:00 10MiB/s", time);

        assertThat(rate).isEqualTo(mib == null ? OptionalLong.empty() : OptionalLong.of(mib * MIB));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08:00-18:00 2MiB/s, 5MiB/s",
                "5MiB/s, 08:00-18:00 2MiB/s",
                " 5 MiB/s ,8:00 - 18:00  2MiB/s",
                "08:00-12:00 2MiB/s,5MiB/s,12:00-18:00 2MiB/s"
            })
    void oneWithoutHoursIsForTheRestOfTheDay(String limit) {
        assertThat(at(limit, "07:59")).hasValue(5 * MIB);
        assertThat(at(limit, "08:00")).hasValue(2 * MIB);
        assertThat(at(limit, "17:59")).hasValue(2 * MIB);
        assertThat(at(limit, "18:00")).hasValue(5 * MIB);
    }

    @ParameterizedTest
    @CsvSource({"21:59, 1", "22:00, 4", "23:59, 4", "00:00, 4", "05:59, 4", "06:00, 1"})
    void hoursMayPassMidnight(String time, long mib) {
        assertThat(at("22:00-06:00 4MiB/s, 1MiB/s", time)).hasValue(mib * MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20:00-24:00 1MiB/s", "20:00-00:00 1MiB/s"})
    void midnightEndsADay(String limit) {
        assertThat(at(limit, "23:59")).hasValue(MIB);
        assertThat(at(limit, "00:00")).isEmpty();
        assertThat(at("00:00-24:00 1MiB/s", "00:00")).hasValue(MIB);
        assertThat(at("00:00-24:00 1MiB/s", "23:59")).hasValue(MIB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08:00-18:00 2MiB/s, 17:59-19:00 1MiB/s",
                "22:00-06:00 2MiB/s, 05:00-07:00 1MiB/s",
                "01:00-02:00 1MiB/s, 22:00-06:00 2MiB/s",
                "22:00-06:00 2MiB/s, 23:00-01:00 1MiB/s",
                "22:00-06:00 2MiB/s, 21:00-07:00 1MiB/s",
                "00:00-24:00 2MiB/s, 12:00-13:00 1MiB/s",
                "12:00-13:00 2MiB/s, 12:00-13:00 2MiB/s"
            })
    void noTwoRatesAreForTheSameTime(String limit) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BandwidthLimit.parse(limit))
                .withMessageContaining("'" + limit + "' has two rates for the same time")
                .withMessageContaining("overlaps");
    }

    @Test
    void hoursThatTouchDoNotOverlap() {
        String limit = "22:00-06:00 2MiB/s, 06:00-22:00 1MiB/s";
        assertThat(at(limit, "06:00")).hasValue(MIB);
        assertThat(at(limit, "22:00")).hasValue(2 * MIB);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10MiB | '10MiB' is no rate",
                "10 | '10' is no rate",
                "0 | '0' is no rate",
                "fast | 'fast' is no rate",
                "0MiB/s | '0MiB/s' is no rate",
                "0.000MiB/s | '0.000MiB/s' is no rate",
                "-1MiB/s | '-1MiB/s' is no rate",
                "10MB/s | not bits",
                "10Mbit/s | not bits",
                "10/s | not bits",
                "/s | is no rate",
                "100B/s | less than 1KiB/s",
                "1MiB/s, 2MiB/s | two rates without hours",
                "1MiB/s, | '' is no rate",
                ", | '' is no rate",
                "08:00-18:00 | is no rate",
                "08:00-18:00 2MiB/s 3MiB/s | is no rate",
                "08:00 2MiB/s | is no rate",
                "8-18 2MiB/s | '8' is no time of day",
                "08:00-25:00 2MiB/s | '25:00' is no time of day",
                "08:60-10:00 2MiB/s | '08:60' is no time of day",
                "24:30-10:00 2MiB/s | '24:30' is no time of day",
                "08:00-08:00 2MiB/s | no time at all",
                "08:00-18:00 0MiB/s | '0MiB/s' is no rate",
                "08:00-18:00 -2MiB/s | is no rate"
            })
    void whatIsNoneIsRefused(String limit, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BandwidthLimit.parse(limit))
                .withMessageContaining(message);
    }
}
