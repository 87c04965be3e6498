package dev.offsite.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgeRecipientsTest {

    private static final AgeKeyPair ONE = AgeKeyPair.make();
    private static final AgeKeyPair TWO = AgeKeyPair.make();

    @TempDir
    private Path folder;

    @Test
    void theyAreKeysOrAFileOfThem() throws IOException {
        Path file = folder.resolve("recipients");
        Files.writeString(file, "# mine\n%s # in the safe\n\n%s\n".formatted(TWO.recipient(), ONE.recipient()));
        AgeRecipients keys = AgeRecipients.read(ONE.recipient() + ", " + TWO.recipient());
        assertThat(AgeRecipients.read(file.toString())).isEqualTo(keys);
        assertThat(keys.keys()).containsExactlyInAnyOrder(ONE.recipient(), TWO.recipient());
    }

    @Test
    void aSecretKeyIsNamedAndNeverShown() throws IOException {
        String typed = ONE.identity().toLowerCase(Locale.ROOT);
        Path file = Files.writeString(folder.resolve("identity"), "# created\n" + ONE.identity() + "\n");
        for (String value :
                new String[] {ONE.identity(), typed, " " + typed, ONE.recipient() + "," + typed, file + ""}) {
            assertThatThrownBy(() -> AgeRecipients.read(value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("secret key")
                    .message()
                    .doesNotContainIgnoringCase(ONE.identity());
        }
    }

    @Test
    void whatIsNoneIsNamed() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "# nobody yet\n");
        assertThatThrownBy(() -> AgeRecipients.read(empty.toString())).hasMessageContaining("there is no recipient");
        assertThatThrownBy(() -> AgeRecipients.read(folder.resolve("gone").toString()))
                .hasMessageContaining("there is no file");
        String cut = ONE.recipient().substring(0, 40);
        assertThatThrownBy(() -> AgeRecipients.read(cut)).hasMessageContaining("is it copied whole?");
    }
}
