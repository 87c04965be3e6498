package com.example.orders;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;

/** The orders that are not yet off-site, in files of one folder: one that grows, and those that are being exported. */
public class Orders {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path folder;
    private final Path growing;

    Orders(Path folder) {
        this.folder = folder;
        growing = folder.resolve("growing");
    }

    public synchronized void add(String order) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(growing, order.strip() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The next file to export: first what an export that failed has left. Null if there are no orders. */
    public synchronized Path begin() throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            Path left = files.filter(file -> !file.equals(growing)).sorted().findFirst().orElse(null);
            if (left != null || Files.notExists(growing)) {
                return left;
            }
        }
        String name = "orders-" + TIME.format(LocalDateTime.now()) + ".jsonl";
        return Files.move(growing, folder.resolve(name));
    }

    public void end(Path exported) throws IOException {
        Files.delete(exported);
    }
}
