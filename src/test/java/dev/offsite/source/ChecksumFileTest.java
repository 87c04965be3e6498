package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.source.ChecksumFile.Algorithm;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumFileTest {

    private static final String A = "a".repeat(64);
    private static final String B = "0123456789abcdef".repeat(4);

    private static ChecksumFile parse(String text) {
        return ChecksumFile.parse(text, Algorithm.SHA256);
    }

    @Test
    void readsWhatSha256sumWritesAndWhatOthersDo() {
        String text = A + "  text mode\n"
                + A + " *binary mode\r\n"
                + B.toUpperCase(Locale.ROOT) + "  capitals\n"
                + "\\" + A + "  back\\\\slash and\\nnewline\n"
                + A + "   a space before\n"
                + "# a comment\n\n"
                + "SHA256 (bsd (1).gz) = " + B + "\n"
                + "SHA256(openssl)= " + B + "\n"
                + "SHA2-256(openssl 3)= " + B + "\n"
                + "\\SHA256 (bsd\\nnewline) = " + B + "\n"
                + A + "  no newline at the end";

        ChecksumFile file = parse(text);

        assertThat(file.entries())
                .isEqualTo(Map.of(
                        "text mode", A,
                        "binary mode", A,
                        "capitals", B,
                        "back\\slash and\nnewline", A,
                        " a space before", A,
                        "bsd (1).gz", B,
                        "openssl", B,
                        "openssl 3", B,
                        "bsd\nnewline", B,
                        "no newline at the end", A));
        assertThat(file.unreadable()).isEmpty();
        assertThat(file.ambiguous()).isEmpty();
    }

    @Test
    void readsSha512() {
        String hash = B + B;

        ChecksumFile file =
                ChecksumFile.parse(hash + "  a\nSHA512 (b) = " + hash + "\n" + B + "  c\n", Algorithm.SHA512);

        assertThat(file.entries()).isEqualTo(Map.of("a", hash, "b", hash));
        assertThat(file.unreadable()).containsExactly(B + "  c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s  x.gz\n",
                "%s  ./x.gz",
                "%s  /var/backups/x.gz\r\n",
                "%s *x.gz\n",
                "SHA256 (x.gz) = %s\n",
                "%s",
                "%s\r\n",
                "\n  %s  \n",
                "\ufeff%s\n",
                // From standard input, or before it had its name.
                "%s  -\n",
                "%s  x.gz.tmp\n",
                // One list for a set, under the name of one of it.
                "bbbb8c3b4f4b0e1ad44ee0fbd7bc1aeb0de0d2c87fbf0b6f1ea1ea5d2cb7bbbb  y.gz\n%s  x.gz\n"
            })
    void aFilesOwnChecksumFileHasItsHash(String text) {
        assertThat(parse(text.formatted(A)).own("x.gz")).contains(A);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "aaaa  x.gz\n",
                "see elsewhere\n",
                // Of others.
                "%s  y.gz\n%s  z.gz\n",
                "%s  x.gz\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  x.gz\n",
                "%s  x.gz\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  old/x.gz\n",
                "%s\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
            })
    void orNoneThatCouldBeRelied(String text) {
        assertThat(parse(text.replace("%s", A)).own("x.gz")).isEmpty();
    }
}
