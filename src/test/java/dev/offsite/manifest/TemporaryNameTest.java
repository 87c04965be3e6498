package dev.offsite.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemporaryNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "$(touch x)", "new\nline", "-rf", "ünï", "*?\\", " "})
    void isHiddenPlainAndShortWhateverTheName(String name) {
        String temporary = TemporaryName.of(name + name.repeat(80));

        assertThat(temporary).matches("\\.offsite-[0-9a-f]{32}\\.part");
        assertThat(temporary.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(64);
        assertThat(TemporaryName.matches(temporary)).isTrue();
    }

    @Test
    void isInTheSameFolder() {
        assertThat(TemporaryName.of("a b/c/d.dump")).startsWith("a b/c/.offsite-");
        assertThat(TemporaryName.of("d.dump")).startsWith(".offsite-");
    }

    @Test
    void isTheSameEachTimeAndAnotherForAnotherName() {
        assertThat(TemporaryName.of("a/b")).isEqualTo(TemporaryName.of("a/b")).isNotEqualTo(TemporaryName.of("a/c"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.part",
                ".offsite-.part",
                ".offsite-0123456789abcdef0123456789abcdef.part2",
                "a/.offsite-0123456789abcdef0123456789abcdef.part",
                ".offsite-0123456789ABCDEF0123456789ABCDEF.part",
                ".offsite-0123456789abcdef0123456789abcdef.part\n"
            })
    void otherNamesAreNotOurs(String name) {
        assertThat(TemporaryName.matches(name)).isFalse();
    }
}
