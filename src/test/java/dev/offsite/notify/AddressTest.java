package dev.offsite.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {

    private static Address address(String uri) {
        return Address.parse(uri, Optional.of("p4ss-word")).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "https://hooks.example.org/services/T1234/B5678/abcdefgh",
        "https://hooks.example.org/T1234567?key=abcdefgh&x=B567812",
        "https://abcdefgh:T1234567@hooks.example.org/B567812",
        "smtp://abcdefgh:T1234567@mail.example.org?to=a@b.org&password=RAW(B567812)",
        "sjms2:queue:q?username=x&password=abcdefgh",
        "https://hooks.example.org/T%31234567/abc%64efgh",
    })
    void aReasonHasNoSecret(String uri) {
        Address address = address(uri);
        String reason = "failed: %s, password p4ss-word, path /T1234567 /services/T1234/B5678/abcdefgh B567812 abcdefgh"
                .formatted(uri);
        String hidden = address.hide(reason);
        assertThat(hidden).startsWith("failed: ").doesNotContain("p4ss-word");
        if (uri.contains("abcdefgh")) {
            assertThat(hidden).doesNotContain("abcdefgh");
        }
        if (uri.contains("T1234567")) {
            assertThat(hidden).doesNotContain("T1234567");
        }
        if (uri.contains("B567812")) {
            assertThat(hidden).doesNotContain("B567812");
        }
        for (String shown : new String[] {address.shown(), address.described(), address.toString()}) {
            assertThat(shown).doesNotContain("abcdefgh", "T1234", "B5678", "p4ss-word");
        }
    }

    @Test
    void deadlinesAreAddedWhereThereAreNone() {
        assertThat(address("https://h/x?connectTimeout=1").forCamel("box"))
                .isEqualTo("https://h/x?connectTimeout=1&responseTimeout=10000&soTimeout=10000");
        assertThat(address("smtp://h?to=a@b").forCamel("my box"))
                .isEqualTo("smtp://h?to=a@b&connectionTimeout=10000&from=offsite@my-box");
        assertThat(address("exec:/bin/x").forCamel("box")).isEqualTo("exec:/bin/x?timeout=10000&exitValues=0");
        assertThat(address("direct:x").forCamel("box")).isEqualTo("direct:x");
    }
}
