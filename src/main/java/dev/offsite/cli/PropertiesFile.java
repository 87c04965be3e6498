package dev.offsite.cli;

import dev.offsite.io.TextFile;
import dev.offsite.job.Setting;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A properties file, read key by key, so that nothing in it is lost in silence: a key that is set twice, a backslash
 * that Java drops, a line that belongs to the one above.
 *
 * @param problems a line for each, with the number of its line and the key
 */
record PropertiesFile(Properties properties, List<String> problems) {

    private static final Pattern PREFIX = Pattern.compile("camel\\.([A-Za-z-]+)");

    /** A backslash that Java drops, since the next character needs none. */
    private static final Pattern DROPPED = Pattern.compile("\\\\([^\\\\tnrfu :=#!\r\n]|$)");

    /** A backslash that makes a control character with the next one, as in {@code DOMAIN\nora}. */
    private static final Pattern CONTROL = Pattern.compile("\\\\([tnrf])");

    private static final Pattern KEY = Pattern.compile("\\s*((?:[^\\\\\\s=:]|\\\\.)+)");
    private static final Pattern OURS = Pattern.compile("\\s*(offsite\\.|(?i:camel\\.route-?template)\\[).*[=:].*");

    /**
     * Reads a file; other keys that have one spelling are the same key.
     *
     * @param spelling the usual spelling of a key
     * @throws IOException if it cannot be read, with the reason
     */
    static PropertiesFile read(Path file, UnaryOperator<String> spelling) throws IOException {
        Reading reading = new Reading(spelling);
        String[] lines = TextFile.read(file).split("\r\n|[\r\n]", -1);
        for (int i = 0; i < lines.length; i++) {
            int first = i;
            StringBuilder entry = new StringBuilder(lines[i]);
            while (!isBlank(lines[first]) && goesOn(lines[i]) && i + 1 < lines.length) {
                i++;
                reading.swallowed(i, lines[i]);
                entry.append('\n').append(lines[i]);
            }
            reading.entry(first + 1, entry.toString());
        }
        return new PropertiesFile(reading.properties, reading.problems);
    }

    /** Reads a configuration; keys of jobs are in their usual spelling. Fails with {@link CommandException} */
    static PropertiesFile ofConfiguration(Path file) {
        PropertiesFile read;
        try {
            read = read(file, PropertiesFile::spelling);
        } catch (IOException e) {
            throw new CommandException(
                    "the configuration %s cannot be read: %s".formatted(file, PropertiesFile.reason(e)));
        }
        Properties properties = read.properties;
        for (String key : properties.stringPropertyNames()) {
            Matcher job = Configuration.JOB_KEY.matcher(key);
            if (job.matches()) {
                properties.put(Setting.jobKey(job.group(1), job.group(2)), properties.remove(key));
            }
        }
        // Java keeps trailing blanks of a value, which nobody sees.
        properties.replaceAll((key, value) -> isOurs((String) key) ? ((String) value).strip() : value);
        return read;
    }

    /** The key that all spellings of a job's key stand for. */
    private static String spelling(String key) {
        Matcher job = Configuration.JOB_KEY.matcher(key);
        return job.matches() ? Setting.jobKey(job.group(1), kebab(job.group(2))) : key;
    }

    private static boolean isBlank(String line) {
        String start = line.stripLeading();
        return start.isEmpty() || start.charAt(0) == '#' || start.charAt(0) == '!';
    }

    private static boolean goesOn(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\\') {
            end--;
        }
        return (line.length() - end) % 2 == 1;
    }

    private static final class Reading {
        private final UnaryOperator<String> spelling;
        private final Properties properties = new Properties();
        private final List<String> problems = new ArrayList<>();
        private final Map<String, Integer> lines = new HashMap<>();
        private final Map<String, String> keys = new HashMap<>();

        Reading(UnaryOperator<String> spelling) {
            this.spelling = spelling;
        }

        void swallowed(int before, String line) {
            if (OURS.matcher(line).matches()) {
                problems.add(
                        ("line %d ends with a backslash, so that line %d belongs to it; write \\\\ for a backslash, "
                                        + "or take it away")
                                .formatted(before, before + 1));
            }
        }

        void entry(int line, String text) {
            Properties one = new Properties();
            try {
                one.load(new StringReader(text));
            } catch (IOException | IllegalArgumentException e) {
                problem(line, text, "\\u begins a character by its number; write \\\\u for a backslash and a u");
                entry(line, text.replace("\\", "\\\\"));
                return;
            }
            for (String key : one.stringPropertyNames()) {
                String usual = spelling.apply(key);
                Integer other = lines.putIfAbsent(usual, line);
                if (other != null) {
                    String also = keys.get(usual).equals(key) ? "" : ", there as " + keys.get(usual);
                    problems.add("line %d: %s: is set twice, in line %d too%s; keep one of them"
                            .formatted(line, key, other, also));
                }
                keys.putIfAbsent(usual, key);
                properties.setProperty(key, one.getProperty(key));
                if (OURS.matcher(key + "=").matches()) {
                    escapes(line, text, kebab(key).endsWith("-command"));
                }
            }
        }

        private void escapes(int line, String text, boolean mayHaveLines) {
            // Two backslashes are one that is meant.
            String single = text.replace("\\\\", "\0").replaceAll("\\\\\n\\s*", "");
            Matcher dropped = DROPPED.matcher(single);
            Matcher control = CONTROL.matcher(single);
            if (dropped.find()) {
                String found = dropped.group();
                problem(line, text, "the backslash of %s would be lost; write \\%s".formatted(found, found));
            } else if (!mayHaveLines && control.find()) {
                String found = control.group();
                problem(line, text, "%s is a control character here; write \\%s".formatted(found, found));
            }
        }

        private void problem(int line, String text, String what) {
            Matcher key = KEY.matcher(text);
            problems.add("line %d: %s: %s".formatted(line, key.lookingAt() ? key.group(1) : "", what));
        }
    }

    /** Whether a key looks like a misspelt one of a job. */
    static boolean isNearlyOfJob(String key) {
        Matcher prefix = PREFIX.matcher(key);
        String group = prefix.lookingAt() ? prefix.group(1).replace("-", "").toLowerCase(Locale.ROOT) : "";
        return SpellingSuggestion.distance(group, "routetemplate") <= 2;
    }

    static String kebab(String key) {
        return key.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    static String reason(Exception e) {
        return e instanceof java.nio.file.NoSuchFileException ? "there is no such file" : e.getMessage();
    }

    /** Whether a key is of Offsite, and not of Camel or of a route of the user. */
    static boolean isOurs(String key) {
        return key.startsWith("offsite.") || Configuration.JOB_KEY.matcher(key).matches();
    }
}
