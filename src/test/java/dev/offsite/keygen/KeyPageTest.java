package dev.offsite.keygen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import dev.offsite.age.AgeIdentities;
import dev.offsite.age.AgeKeyPair;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyPageTest {

    private static final Instant CREATED = Instant.parse("2026-05-28T02:00:00.5Z");
    private static final AgeKeyPair PAIR = AgeKeyPair.make();
    private static final String PAGE = KeyPage.text(PAIR, CREATED);

    /** Pixels for each module. */
    private static final int SCALE = 4;

    private static final int BLACK = 0xff000000;
    private static final int WHITE = 0xffffffff;

    /** Draws what the image consists of: a square of one module for each step of its path. */
    private static BinaryBitmap image(String page) {
        Matcher box = Pattern.compile("viewBox=\"0 0 ([0-9]+) \\1\"").matcher(page);
        assertThat(box.find()).isTrue();
        int size = Integer.parseInt(box.group(1)) * SCALE;
        int[] pixels = new int[size * size];
        Arrays.fill(pixels, WHITE);
        Matcher module = Pattern.compile("M([0-9]+),([0-9]+)h1v1h-1z").matcher(page);
        while (module.find()) {
            int x = Integer.parseInt(module.group(1)) * SCALE;
            int y = Integer.parseInt(module.group(2)) * SCALE;
            for (int row = y; row < y + SCALE; row++) {
                Arrays.fill(pixels, row * size + x, row * size + x + SCALE, BLACK);
            }
        }
        return new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(size, size, pixels)));
    }

    @Test
    void theQrCodeIsTheKey() throws ReaderException {
        assertThat(new QRCodeReader().decode(image(PAGE)).getText()).isEqualTo(PAIR.identity());
    }

    /** Otherwise the test above would show nothing. */
    @Test
    void withoutThePathThereIsNoQrCode() {
        assertThatThrownBy(() -> new QRCodeReader().decode(image(PAGE.replaceAll("h1v1h-1z", ""))))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void theTextIsTheKeyInGroups() {
        assertThat(PAGE.replaceAll("<[^>]*>", "")).contains(PAIR.identity());
        assertThat(PAGE)
                .contains("<span>" + PAIR.identity().substring(0, 6) + "</span>")
                .contains("<code>" + PAIR.recipient() + "</code>")
                .contains("2026-05-28")
                .contains("age -d -i key.txt db.dump.age &gt;db.dump");
    }

    @Test
    void nothingIsLoaded() {
        assertThat(PAGE)
                .contains("default-src 'none'")
                .doesNotContainPattern("(?i)<script|<link|<img|<iframe|src=|href=|url\\(|@import");
    }

    @Test
    void onlyTheOwnerCanReadThem(@TempDir Path folder) throws IOException {
        Path key = folder.resolve("key");
        Path page = folder.resolve("page.html");
        IdentityFile.write(key, PAIR, CREATED);
        KeyPage.write(page, PAIR, CREATED);
        for (Path file : new Path[] {key, page}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(key)
                .hasContent("# created: 2026-05-28T02:00:00Z\n# public key: %s\n%s\n"
                        .formatted(PAIR.recipient(), PAIR.identity()));
        assertThat(AgeIdentities.read(key).recipients()).containsExactly(PAIR.recipient());
    }

    @Test
    void aFileIsNeverReplaced(@TempDir Path folder) throws IOException {
        Path key = Files.writeString(folder.resolve("key"), "mine");
        assertThatThrownBy(() -> IdentityFile.write(key, PAIR, CREATED)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(key).hasContent("mine");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        assertThatThrownBy(() -> KeyPage.write(link, PAIR, CREATED)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }
}
