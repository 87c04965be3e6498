package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.io.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * The contents of the route files as they were read. Later edits change nothing here, so that routes that once ran can
 * be built again.
 *
 * @param texts by the place that each was read from
 */
public record RouteFiles(Map<String, String> texts) {

    private static final String SUFFIX = ".camel.yaml";
    private static final List<String> OURS =
            files("beans", "drill", "errors", "exec", "page", "prune", "scrub", "ship");

    /** The schedules and the page, which a one-shot ship does not need. */
    private static final List<String> NOT_TO_SHIP = files("drill", "page", "prune", "scrub");

    private static List<String> files(String... names) {
        return Stream.of(names).map(name -> name + SUFFIX).toList();
    }

    /**
     * Offsite's own files come from the folder {@code routes} beside the configuration, else from the distribution,
     * else from the jar; the user's files from that folder, or if it is missing, from the distribution.
     *
     * @throws CommandException if a file cannot be read
     */
    static RouteFiles read(Path configurationFolder) {
        Map<String, String> texts = new LinkedHashMap<>();
        List<Path> files = in(configurationFolder);
        for (String name : OURS) {
            if (files.stream().noneMatch(file -> name(file).equals(name))) {
                texts.put("classpath:camel/" + name, packed(name));
            }
        }
        for (Path file : files) {
            try {
                texts.put("file:" + file, TextFile.read(file));
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
        return new RouteFiles(texts);
    }

    /** Only what a ship needs, since each file takes time to parse. All, if the user has own routes. */
    RouteFiles toShip() {
        if (!texts.keySet().stream().allMatch(place -> OURS.contains(nameIn(place)))) {
            return this;
        }
        Map<String, String> some = new LinkedHashMap<>(texts);
        some.keySet().removeIf(place -> NOT_TO_SHIP.contains(nameIn(place)));
        return new RouteFiles(some);
    }

    /** Whether these are Offsite's own, as they came: then the configuration alone says what the jobs are. */
    boolean areUnchanged() {
        return texts.entrySet().stream()
                .allMatch(file ->
                        OURS.contains(nameIn(file.getKey())) && file.getValue().equals(packed(nameIn(file.getKey()))));
    }

    /** Whether the word stands in any of them, as the name of a template that they define does. */
    boolean mention(String word) {
        Pattern whole = Pattern.compile("(?<![\\w.-])" + Pattern.quote(word) + "(?![\\w.-])");
        return texts.values().stream().anyMatch(text -> whole.matcher(text).find());
    }

    private static String nameIn(String place) {
        return place.substring(place.lastIndexOf('/') + 1);
    }

    private static String packed(String name) {
        try (InputStream in = RouteFiles.class.getResourceAsStream("/camel/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The route files for a configuration in that folder. */
    static List<Path> in(Path configurationFolder) {
        List<Path> folders = Stream.concat(Stream.of(configurationFolder), CamelApplication.home().stream())
                .map(folder -> folder.resolve("routes"))
                .filter(Files::isDirectory)
                .distinct()
                .toList();
        Map<String, Path> files = new TreeMap<>();
        for (Path folder : folders) {
            boolean first = folder.equals(folders.get(0));
            for (Path file : list(folder)) {
                if (first || OURS.contains(name(file))) {
                    files.putIfAbsent(name(file), file);
                }
            }
        }
        return List.copyOf(files.values());
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            // Editors leave hidden files.
            return files.filter(
                            file -> name(file).endsWith(SUFFIX) && !name(file).startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static CommandException unreadable(Path path, IOException e) {
        return new CommandException("%s: cannot be read: %s".formatted(path, Text.reason(e)));
    }

    Collection<Resource> resources() {
        return texts.entrySet().stream()
                .map(file -> ResourceHelper.fromString(file.getKey(), file.getValue()))
                .toList();
    }
}
