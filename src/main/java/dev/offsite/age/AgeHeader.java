package dev.offsite.age;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/** The beginning of an encrypted file: lines, the last of them with a MAC, and the nonce of the payload. */
public final class AgeHeader {

    /** Of later versions, too, which fail with a reason. */
    private static final byte[] ANY_VERSION = "age-encryption.org/".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] VERSION = "age-encryption.org/v1\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ARMOR = "-----BEGIN AGE ENCRYPTED".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = "---".getBytes(StandardCharsets.US_ASCII);

    private static final int NONCE = 16;

    /** Bytes, for 600 recipients; a stranger may have written it. */
    private static final int LONGEST = 64 << 10;

    private AgeHeader() {}

    /** Whether a file is encrypted with age, by its first bytes; also one of armored text, which only age itself reads. */
    public static boolean isIn(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] first = in.readNBytes(ARMOR.length);
            return begins(first, 0, first.length, ANY_VERSION, ANY_VERSION.length)
                    || begins(first, 0, first.length, ARMOR, ARMOR.length);
        }
    }

    /** Reads it to its end and nothing after it. */
    static byte[] read(InputStream in) throws IOException {
        byte[] header = new byte[LONGEST];
        int length = in.readNBytes(header, 0, VERSION.length);
        if (length == 0) {
            throw AgeException.notAge("it is empty");
        }
        if (begins(header, 0, length, VERSION, length)) {
            if (length < VERSION.length) {
                throw AgeException.damaged();
            }
        } else if (begins(header, 0, length, ARMOR, VERSION.length)) {
            throw AgeException.notAge("it is armored text; age -d reads that");
        } else {
            throw AgeException.notAge("it does not begin like that");
        }
        int line = length;
        while (true) {
            int b = in.read();
            if (b < 0 || length == LONGEST - NONCE) {
                throw AgeException.damaged();
            }
            header[length++] = (byte) b;
            if (b == '\n') {
                if (begins(header, line, length, LAST, LAST.length)) {
                    break;
                }
                line = length;
            }
        }
        if (in.readNBytes(header, length, NONCE) < NONCE) {
            throw AgeException.damaged();
        }
        return Arrays.copyOf(header, length + NONCE);
    }

    private static boolean begins(byte[] bytes, int from, int to, byte[] word, int length) {
        return to - from >= length && Arrays.equals(bytes, from, from + length, word, 0, length);
    }
}
