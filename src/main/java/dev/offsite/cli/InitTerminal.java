package dev.offsite.cli;

import dev.offsite.init.Interview;
import dev.offsite.io.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Optional;

/** The person in front of {@code offsite init}. */
final class InitTerminal implements Interview.Terminal {

    private final BufferedReader in = new BufferedReader(
            new InputStreamReader(System.in, Charset.forName(System.getProperty("native.encoding"))));

    private InitTerminal() {}

    /** Empty if input or output is no terminal; bin/offsite says so. */
    static Optional<Interview.Terminal> ofThisProcess() {
        boolean both = Progress.terminal() && Boolean.getBoolean("offsite.input");
        return both ? Optional.of(new InitTerminal()) : Optional.empty();
    }

    @Override
    public Optional<String> ask(String prompt) {
        System.out.print(prompt);
        System.out.flush();
        try {
            return Optional.ofNullable(in.readLine());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void say(String line) {
        System.out.println(Text.line(line));
    }
}
