package dev.offsite.io;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Properties;

/** A text of the state with keys and values, of what can be found out again: it may be removed at any time. */
public final class StateProperties {

    private StateProperties() {}

    /** Empty if it is missing or cannot be read. */
    public static Properties of(StateFile file) {
        try {
            return parse(file.state().text(file.name()).orElse(""));
        } catch (StateException unreadable) {
            return new Properties();
        }
    }

    private static Properties parse(String text) {
        Properties all = new Properties();
        try {
            all.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException damaged) {
            all.clear();
        }
        return all;
    }

    /**
     * Sets one value. Fails with {@link StateException}
     *
     * @param comment what the file says, in a few words
     */
    public static void set(StateFile file, String key, String value, String comment) {
        file.state()
                .update(
                        file.name(),
                        before -> {
                            Properties all = parse(before);
                            all.setProperty(key, value);
                            StringWriter text = new StringWriter();
                            try {
                                all.store(text, comment + "; may be removed at any time");
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                            return text.toString();
                        },
                        false);
    }
}
