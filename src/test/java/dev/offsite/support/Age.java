package dev.offsite.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's {@code age}, as a person uses it who has nothing of ours. */
public record Age(Path identity) {

    public static boolean isThere() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "age")));
    }

    /** A new key in that folder. */
    public static Age keygen(Path folder) throws Exception {
        Path identity = Files.createTempFile(folder, "identity", ".txt");
        Files.delete(identity);
        run(List.of("age-keygen", "-o", identity.toString()));
        return new Age(identity);
    }

    public String recipient() throws Exception {
        return new String(run(List.of("age-keygen", "-y", identity.toString())), StandardCharsets.UTF_8).strip();
    }

    /** What a file has inside. */
    public byte[] decrypt(Path file) throws Exception {
        return run(List.of("age", "-d", "-i", identity.toString(), file.toString()));
    }

    private static byte[] run(List<String> command) throws Exception {
        Path errors = Files.createTempFile("age", ".err");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            byte[] out = process.getInputStream().readAllBytes();
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(command + ": " + Files.readString(errors));
            }
            return out;
        } finally {
            Files.delete(errors);
        }
    }
}
