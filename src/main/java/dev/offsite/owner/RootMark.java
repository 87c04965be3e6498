package dev.offsite.owner;

import dev.offsite.io.Text;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The small text file at the top of a root that says whose it is. It comes from the server, so it is untrusted.
 *
 * @param id random, of the state folder whose jobs write there
 * @param machine which machine it is, whatever its name (see {@link Owner#machine}); empty if unknown
 * @param host name of the machine
 * @param state the state folder there, absolute
 * @param shared whether that job writes under a lock, so that others may write there too
 */
public record RootMark(String id, String machine, String host, String job, String state, boolean shared) {

    /** Its name in the root. */
    public static final String NAME = ".offsite-owner";

    static final int MOST_BYTES = 8 << 10;

    private static final String FIRST = "offsite-owner 1";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
    private static final int MOST_SAID = 200;

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    String format() {
        String known = "%s\nid %s\nhost %s\njob %s\nstate %s\nshared %s\n"
                .formatted(FIRST, id, Text.line(host), Text.line(job), Text.line(state), shared);
        return machine.isEmpty() ? known : known + "machine %s\n".formatted(machine);
    }

    /** Empty if it is something else. Unknown lines of a later version are ignored. */
    static Optional<RootMark> parse(String text) {
        String[] lines = text.split("\n", -1);
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            int space = line.indexOf(' ');
            values.putIfAbsent(line.substring(0, Math.max(0, space)), line.substring(space + 1));
        }
        if (!lines[0].equals(FIRST) || !isId(values.getOrDefault("id", ""))) {
            return Optional.empty();
        }
        return Optional.of(new RootMark(
                values.get("id"),
                isId(values.getOrDefault("machine", "")) ? values.get("machine") : "",
                values.getOrDefault("host", "unknown"),
                values.getOrDefault("job", "unknown"),
                values.getOrDefault("state", ""),
                Boolean.parseBoolean(values.get("shared"))));
    }

    /** Whether it is of the same job on the same machine, which may have lost its state folder. */
    boolean isOfSameJobAs(RootMark other) {
        return hasNamesOf(other) && !isOfAnotherMachineThan(other);
    }

    /** Whether machine and job have the same names, although it is another machine, or one that was installed anew. */
    boolean isOfNamesakeOf(RootMark other) {
        return hasNamesOf(other) && isOfAnotherMachineThan(other);
    }

    private boolean hasNamesOf(RootMark other) {
        return host.equals(Text.line(other.host)) && job.equals(Text.line(other.job));
    }

    private boolean isOfAnotherMachineThan(RootMark other) {
        return !machine.isEmpty() && !other.machine.isEmpty() && !machine.equals(other.machine);
    }

    /** For messages, in one line. */
    public String words() {
        String words = Text.line("host %s, job %s, state %s".formatted(host, job, state));
        return words.length() <= MOST_SAID ? words : words.substring(0, MOST_SAID) + "…";
    }
}
