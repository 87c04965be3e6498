import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses files as {@code gzip -9n} does, for the package: FOLDER FILE... */
class Gzip {

    /** In the header, RFC 1952: XFL, which says how well it was compressed, and the system, here Unix. */
    private static final int XFL = 8;

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        for (int i = 1; i < arguments.length; i++) {
            Path file = Path.of(arguments[i]);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (Best out = new Best(bytes)) {
                Files.copy(file, out);
            }
            byte[] compressed = bytes.toByteArray();
            compressed[XFL] = 2;
            compressed[XFL + 1] = 3;
            Files.write(folder.resolve(file.getFileName() + ".gz"), compressed);
        }
    }

    private static class Best extends GZIPOutputStream {
        Best(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
