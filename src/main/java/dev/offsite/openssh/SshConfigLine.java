package dev.offsite.openssh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One line of ssh_config.
 *
 * @param keyword in lower case
 * @param rest all after the keyword, as it is written
 * @param arguments the rest in words, without quotes and comments
 * @param included for {@code Include}: the lines of each file, else empty
 */
record SshConfigLine(
        Path file,
        int number,
        String keyword,
        String rest,
        List<String> arguments,
        List<List<SshConfigLine>> included) {

    private static final String BLANK = " \t\r\n";

    /** Null if the line says nothing. */
    static SshConfigLine parse(Path file, int number, String text) throws SshConfigException {
        String line = withoutBlanks(text);
        if (line.isEmpty() || line.startsWith("#")) {
            return null;
        }
        int end = 0;
        while (end < line.length() && BLANK.indexOf(line.charAt(end)) < 0 && line.charAt(end) != '=') {
            end++;
        }
        String keyword = line.substring(0, end);
        if (keyword.length() > 1 && keyword.startsWith("\"") && keyword.endsWith("\"")) {
            keyword = keyword.substring(1, keyword.length() - 1);
        }
        int rest = skip(line, end);
        if (rest < line.length() && line.charAt(rest) == '=') {
            rest = skip(line, rest + 1);
        }
        SshConfigLine read = new SshConfigLine(
                file, number, keyword.toLowerCase(Locale.ROOT), line.substring(rest), List.of(), List.of());
        List<String> arguments = read.words();
        if (arguments.isEmpty()) {
            throw read.problem("there is nothing after " + keyword);
        }
        return new SshConfigLine(file, number, read.keyword, read.rest, arguments, List.of());
    }

    SshConfigLine including(List<List<SshConfigLine>> files) {
        return new SshConfigLine(file, number, keyword, rest, arguments, List.copyOf(files));
    }

    /** Names the line. */
    SshConfigException problem(String text) {
        return new SshConfigException("%s: %s".formatted(where(), text));
    }

    String where() {
        return "%s line %d".formatted(file, number);
    }

    private static String withoutBlanks(String text) {
        int from = skip(text, 0);
        int to = text.length();
        while (to > from && (BLANK.indexOf(text.charAt(to - 1)) >= 0 || text.charAt(to - 1) == '\f')) {
            to--;
        }
        return text.substring(from, to);
    }

    private static int skip(String text, int from) {
        int at = from;
        while (at < text.length() && BLANK.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** Words in the manner of OpenSSH: both quotes, also within a word; {@code #} at the start of a word ends them. */
    private List<String> words() throws SshConfigException {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < rest.length()) {
            char c = rest.charAt(at);
            if (c == ' ' || c == '\t') {
                at++;
            } else if (c == '#') {
                break;
            } else {
                at = word(at, words);
            }
        }
        return List.copyOf(words);
    }

    private int word(int from, List<String> words) throws SshConfigException {
        StringBuilder word = new StringBuilder();
        char quote = 0;
        int at = from;
        for (; at < rest.length(); at++) {
            char c = rest.charAt(at);
            char next = at + 1 < rest.length() ? rest.charAt(at + 1) : 0;
            if (c == '\\' && (next == '\'' || next == '"' || next == '\\' || (quote == 0 && next == ' '))) {
                word.append(next);
                at++;
            } else if (quote == 0 && (c == ' ' || c == '\t')) {
                break;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw problem("a quote is not closed");
        }
        words.add(word.toString());
        return at;
    }
}
