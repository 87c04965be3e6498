package dev.offsite.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text file that a person wrote, in whatever encoding their editor marked it with. */
public final class TextFile {

    private static final char MARK = '\uFEFF';

    private TextFile() {}

    /**
     * The text without its byte order mark: UTF-8, or UTF-16 if the mark says so.
     *
     * @throws IOException if it cannot be read; if it is in another encoding, the message says in which line and what to do
     */
    public static String read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Charset charset = charset(bytes);
        int line = 1;
        for (byte one : bytes) {
            if (one == 0 && charset.equals(StandardCharsets.UTF_8)) {
                throw new IOException("line %d has a NUL byte, as UTF-16 has; save it as UTF-8".formatted(line));
            }
            line += one == '\n' ? 1 : 0;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            String text = charset.newDecoder().decode(in).toString();
            return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            String before = new String(bytes, 0, in.position(), charset);
            long at = 1 + before.chars().filter(c -> c == '\n').count();
            throw new IOException("line %d is not in %s; save the file as UTF-8".formatted(at, charset), e);
        }
    }

    /** Whether it begins with a byte order mark; false if it cannot be read. */
    public static boolean isMarked(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(2);
            return charset(start).equals(StandardCharsets.UTF_16)
                    || (start.length == 2 && (start[0] & 0xFF) == 0xEF && (start[1] & 0xFF) == 0xBB);
        } catch (IOException e) {
            return false;
        }
    }

    private static Charset charset(byte[] bytes) {
        int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
        // Decodes both byte orders, and takes the mark away.
        return first == 0xFEFF || first == 0xFFFE ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    }
}
