package dev.offsite.demo;

import java.nio.file.Path;
import java.util.function.BiConsumer;

/** Commands for the embedded server of tests. */
public final class Exec {

    private Exec() {}

    /** {@code sha256sum}, after something was done to the server's files: the command, the root. Not called for {@code sync}. */
    public static EmbeddedServer.Exec sha256sumAfter(BiConsumer<String, Path> first) {
        EmbeddedServer.Exec sha256sum = new Sha256sumCommand();
        return (command, root) -> {
            if (!command.startsWith("sync ")) {
                first.accept(command, root);
            }
            return sha256sum.run(command, root);
        };
    }
}
