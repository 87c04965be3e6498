package dev.offsite.demo;

import dev.offsite.io.HashingInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** GNU {@code sha256sum [--] NAME…} in Java; knows no other command. */
public final class Sha256sumCommand implements EmbeddedServer.Exec {
    @Override
    public Result run(String command, Path root) {
        List<String> words;
        try {
            words = ShellWords.split(command);
        } catch (IllegalArgumentException e) {
            return new Result(2, "", "sh: " + e.getMessage() + "\n");
        }
        if (words.isEmpty()) {
            return new Result(0, "", "");
        }
        if (!words.get(0).equals("sha256sum")) {
            return new Result(127, "", "sh: " + words.get(0) + ": not found\n");
        }
        return sums(words.subList(1, words.size()), root);
    }

    private static Result sums(List<String> arguments, Path root) {
        List<String> names = arguments;
        if (!names.isEmpty() && names.get(0).equals("--")) {
            names = names.subList(1, names.size());
        } else if (names.stream().anyMatch(name -> name.startsWith("-"))) {
            return new Result(1, "", "sha256sum: no options here but --\n");
        }
        StringBuilder stdout = new StringBuilder();
        StringBuilder stderr = new StringBuilder();
        for (String name : names) {
            try {
                stdout.append(line(name, hash(resolve(root, name))));
            } catch (IOException | InvalidPathException e) {
                stderr.append("sha256sum: %s: %s\n".formatted(name, reason(e)));
            }
        }
        return new Result(stderr.isEmpty() ? 0 : 1, stdout.toString(), stderr.toString());
    }

    /** The root is also the current directory, and {@code ..} cannot leave it. */
    private static Path resolve(Path root, String name) {
        Path absolute = root.getFileSystem().getPath("/").resolve(name).normalize();
        return root.resolve(absolute.toString().substring(1));
    }

    private static String hash(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("Is a directory");
        }
        return HashingInputStream.sha256(file, read -> {});
    }

    private static String line(String name, String hash) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + hash + "  " + escaped + "\n";
    }

    private static String reason(Exception e) {
        if (e instanceof NoSuchFileException || e instanceof InvalidPathException) {
            return "No such file or directory";
        }
        return e.getMessage();
    }
}
