package dev.offsite.openssh;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the data types of the SSH protocol (RFC 4251). What is cut short or malformed fails with {@link Malformed}. */
final class Wire {

    /** OpenSSH's limit for numbers, in bytes. */
    private static final int LONGEST_NUMBER = 16384 / 8 + 1;

    private final ByteBuffer bytes;

    Wire(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** The bytes are not what they should be. */
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    boolean isEmpty() {
        return !bytes.hasRemaining();
    }

    int position() {
        return bytes.position();
    }

    int number32() {
        need(Integer.BYTES);
        return bytes.getInt();
    }

    long number64() {
        need(Long.BYTES);
        return bytes.getLong();
    }

    byte[] string() {
        int length = number32();
        need(length);
        byte[] string = new byte[length];
        bytes.get(string);
        return string;
    }

    /** Each byte as one character; OpenSSH takes none of them with a zero byte before its end. */
    String text() {
        String text = new String(string(), StandardCharsets.ISO_8859_1);
        int zero = text.indexOf('\0');
        check(zero < 0 || zero == text.length() - 1, "a zero byte in a text");
        return zero < 0 ? text : text.substring(0, zero);
    }

    /** Never negative. */
    BigInteger mpint() {
        byte[] number = string();
        check(number.length <= LONGEST_NUMBER, "a number that is too long");
        check(number.length == 0 || number[0] >= 0, "a negative number");
        return new BigInteger(1, number);
    }

    static void check(boolean valid, String otherwise) {
        if (!valid) {
            throw new Malformed(otherwise);
        }
    }

    private void need(int length) {
        check(length >= 0 && length <= bytes.remaining(), "cut short");
    }

    /** The reverse of {@link #string}, for several. */
    static byte[] strings(byte[]... strings) {
        ByteBuffer all = ByteBuffer.allocate(Arrays.stream(strings)
                .mapToInt(one -> Integer.BYTES + one.length)
                .sum());
        for (byte[] one : strings) {
            all.putInt(one.length).put(one);
        }
        return all.array();
    }
}
