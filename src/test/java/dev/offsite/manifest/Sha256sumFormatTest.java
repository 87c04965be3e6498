package dev.offsite.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Sha256sumFormatTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    @Test
    void ignoresWhatIsNoSum() {
        String stdout = "Welcome!\r\n\n" + A + "  a\r\n" + "note " + B + "  b\n" + B.toUpperCase(Locale.ROOT)
                + "  c\nsha256sum: d: No such file or directory\n" + B + "  \n\\" + B + "  bad\\escape\n" + B + " *e";

        assertThat(Sha256sumFormat.parse(stdout)).isEqualTo(Map.of("a", A, "c", B, "e", B));
        assertThat(Sha256sumFormat.parse("This service allows sftp connections only.\n"))
                .isEmpty();
        assertThat(Sha256sumFormat.parse("")).isEmpty();
    }

    @Test
    void leavesOutAPathWithDifferentHashes() {
        String stdout = A + "  a\n" + B + "  a\n" + A + "  a\n" + (A + "  twice\n").repeat(2);

        assertThat(Sha256sumFormat.parse(stdout)).isEqualTo(Map.of("twice", A));
    }

    /** Many programs that check know no escapes, so only names are escaped that GNU would otherwise read wrongly. */
    @Test
    void escapesAsFewNamesAsPossible() {
        for (String plain : List.of("back\\slash", "in\rside", "\\n", " space ", "*star")) {
            assertThat(Sha256sumFormat.writeLine(A, plain)).isEqualTo(A + "  " + plain + "\n");
        }
        assertThat(Sha256sumFormat.writeLine(A, "new\nline\\")).isEqualTo("\\" + A + "  new\\nline\\\\\n");
        assertThat(Sha256sumFormat.writeLine(A, "end\r")).isEqualTo("\\" + A + "  end\\r\n");
    }

    @Test
    void readsWhatItWrites() {
        for (String name : List.of("back\\slash", "in\rside", "new\nline\\", "end\r", "\\n", "-", " ")) {
            assertThat(Sha256sumFormat.parse(Sha256sumFormat.writeLine(A, name)))
                    .isEqualTo(Map.of(name, A));
        }
    }
}
