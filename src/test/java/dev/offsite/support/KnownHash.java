package dev.offsite.support;

import dev.offsite.demo.EmbeddedServer;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** A state in which it is known already by what a server hashes: so that a test sees no command but those it is about. */
public final class KnownHash {
    private static final String FILE = "hash-commands.properties";

    private KnownHash() {}

    /** That the server has GNU's sha256sum, and nothing that is faster. */
    public static void remember(Path state, EmbeddedServer server) throws IOException {
        remember(state, server, "SHA256SUM many alone");
    }

    /** That the file has this entry for the server. */
    public static void remember(Path state, EmbeddedServer server, String entry) throws IOException {
        Properties known = new Properties();
        known.setProperty("%s@%s:%d".formatted(server.user(), server.host(), server.port()), entry);
        try (Writer writer =
                Files.newBufferedWriter(Files.createDirectories(state).resolve(FILE))) {
            known.store(writer, null);
        }
    }

    /** As in a new state. */
    public static void forget(Path state) throws IOException {
        Files.deleteIfExists(state.resolve(FILE));
    }
}
