package dev.offsite.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command line like a POSIX shell, with quotes and backslashes. Unquoted shell syntax (expansions, patterns,
 * redirections, a second command) is refused.
 */
public final class ShellWords {
    private static final String SPECIAL = "$`|&;<>()*?[]#~{}!\n\r";

    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int at;

    private ShellWords(String line) {
        this.line = line;
    }

    static List<String> split(String line) {
        return new ShellWords(line).split();
    }

    private List<String> split() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            switch (c) {
                case ' ', '\t' -> endWord();
                case '\'' -> single();
                case '"' -> twice();
                case '\\' -> escaped();
                default -> plain(c);
            }
        }
        endWord();
        return words;
    }

    private void plain(char c) {
        if (SPECIAL.indexOf(c) >= 0) {
            throw new IllegalArgumentException("unquoted '" + c + "' in a command");
        }
        append(c);
    }

    private void single() {
        inWord = true;
        int end = line.indexOf('\'', at);
        if (end < 0) {
            throw unterminated();
        }
        word.append(line, at, end);
        at = end + 1;
    }

    private void twice() {
        inWord = true;
        for (char c = next(); c != '"'; c = next()) {
            if (c == '$' || c == '`') {
                throw new IllegalArgumentException("'" + c + "' in double quotes is not supported");
            }
            if (c == '\\' && at < line.length() && "$`\"\\\n".indexOf(line.charAt(at)) >= 0) {
                escaped();
            } else {
                word.append(c);
            }
        }
    }

    /** After a backslash: the next character literally; an escaped line break is dropped. */
    private void escaped() {
        char c = next();
        if (c != '\n') {
            append(c);
        }
    }

    private void append(char c) {
        inWord = true;
        word.append(c);
    }

    private char next() {
        if (at == line.length()) {
            throw unterminated();
        }
        return line.charAt(at++);
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }

    private static IllegalArgumentException unterminated() {
        return new IllegalArgumentException("unterminated quoted string");
    }
}
