package dev.offsite.openssh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The user's own configuration of ssh, as OpenSSH 9 reads it. The system's ({@code /etc/ssh/ssh_config}) is not read.
 */
public final class SshConfig {

    private final Path file;
    private final Surroundings here;
    private final List<SshConfigLine> lines;

    private SshConfig(Path file, Surroundings here, List<SshConfigLine> lines) {
        this.file = file;
        this.here = here;
        this.lines = lines;
    }

    /** Reads the file and all that it includes. */
    public static SshConfig read(Path file, Surroundings here) throws SshConfigException {
        return new SshConfig(file, here, new SshConfigReader(here).read(file));
    }

    /** What a file says that is not there. */
    static SshConfig empty(Path file, Surroundings here) {
        return new SshConfig(file, here, List.of());
    }

    public Path file() {
        return file;
    }

    /** Whether a {@code Host} line names this host itself, and not only by a pattern. */
    public boolean names(String host) {
        return names(lines, host);
    }

    private static boolean names(List<SshConfigLine> lines, String host) {
        return lines.stream()
                .anyMatch(line ->
                        (line.keyword().equals("host") && line.arguments().contains(host))
                                || line.included().stream().anyMatch(file -> names(file, host)));
    }

    /**
     * What the file says of a host.
     *
     * @param host as it is given to ssh
     * @param user as it is given to ssh, or null
     * @throws SshConfigException if that is wrong, or matters and is nothing that Offsite does
     */
    public SshHost host(String host, String user) throws SshConfigException {
        SshHostBuilder values = new SshHostBuilder(file, here, host, user);
        Pass first = new Pass(values, host, host, false);
        first.take(lines, Active.YES);
        if (first.wantsFinal) {
            new Pass(values, values.fixHostName(), host, true).take(lines, Active.YES);
        }
        return values.build();
    }

    /** Whether the lines of a section count. */
    private record Active(boolean possible, String unknown) {
        private static final Active YES = new Active(true, null);
        private static final Active NO = new Active(false, null);

        /** It may or may not: that depends on something that Offsite does not find out. */
        private static Active perhaps(String what) {
            return new Active(true, what);
        }
    }

    /** Goes through all lines once. OpenSSH does so again, with the real name, where {@code Match final} is used. */
    private final class Pass {
        private final SshHostBuilder values;
        private final String host;
        private final String original;
        private final boolean last;
        private boolean wantsFinal;

        Pass(SshHostBuilder values, String host, String original, boolean last) {
            this.values = values;
            this.host = host;
            this.original = original;
            this.last = last;
        }

        void take(List<SshConfigLine> all, Active outer) throws SshConfigException {
            Active active = outer;
            for (SshConfigLine line : all) {
                switch (line.keyword()) {
                    case "host" -> active = outer.possible ? host(line, outer) : Active.NO;
                    case "match" -> active = match(line, outer);
                    case "include" -> {
                        for (List<SshConfigLine> included : line.included()) {
                            take(included, active);
                        }
                    }
                    default -> {
                        if (active.possible) {
                            values.take(line, active.unknown);
                        }
                    }
                }
            }
        }

        private Active host(SshConfigLine line, Active outer) {
            boolean found = false;
            for (String pattern : line.arguments()) {
                boolean negated = pattern.startsWith("!");
                if (Patterns.matches(negated ? pattern.substring(1) : pattern, host)) {
                    if (negated) {
                        return Active.NO;
                    }
                    found = true;
                }
            }
            return found ? inside(outer, null) : Active.NO;
        }

        /** A section in a file that is included from a section which may or may not count is no surer than that. */
        private Active inside(Active outer, String unknown) {
            String what = outer.unknown == null ? unknown : outer.unknown;
            return what == null ? Active.YES : Active.perhaps(what);
        }

        private Active match(SshConfigLine line, Active outer) throws SshConfigException {
            boolean matches = outer.possible;
            String unknown = null;
            List<String> words = criteria(line.rest());
            if (words.isEmpty()) {
                throw line.problem("Match has no criteria");
            }
            int others = 0;
            for (int i = 0; i < words.size(); i++) {
                boolean negated = words.get(i).startsWith("!");
                String criterion = words.get(i).substring(negated ? 1 : 0).toLowerCase(Locale.ROOT);
                if (criterion.equals("all")) {
                    if (others > 1 || i < words.size() - 1) {
                        throw line.problem("Match all cannot have other criteria");
                    }
                    matches &= !negated;
                    continue;
                }
                others++;
                if (isPass(criterion)) {
                    wantsFinal |= criterion.equals("final");
                    matches &= last != negated;
                    continue;
                }
                if (++i == words.size()) {
                    throw line.problem("Match %s has no argument".formatted(criterion));
                }
                String list = words.get(i);
                switch (criterion) {
                    case "host" -> matches &= Patterns.hostListMatches(list, name()) != negated;
                    case "originalhost" -> matches &= Patterns.hostListMatches(list, original) != negated;
                    case "user" -> matches &= Patterns.listMatches(list, values.userSoFar()) != negated;
                    case "localuser" -> matches &= Patterns.listMatches(list, here.user()) != negated;
                    default -> unknown = "Match " + criterion;
                }
            }
            return matches ? inside(outer, unknown) : Active.NO;
        }

        private static boolean isPass(String criterion) {
            return criterion.equalsIgnoreCase("final") || criterion.equalsIgnoreCase("canonical");
        }

        private String name() throws SshConfigException {
            return last ? host : values.hostName();
        }

        /** Words that blanks, or one {@code =}, separate; a comment ends them. */
        private static List<String> criteria(String text) {
            List<String> words = new ArrayList<>();
            int at = 0;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == ' ' || c == '\t' || c == '=') {
                    at++;
                    continue;
                }
                if (c == '#') {
                    break;
                }
                int end = at;
                if (c == '"') {
                    end = text.indexOf('"', at + 1);
                    end = end < 0 ? text.length() : end;
                    words.add(text.substring(at + 1, end));
                    at = end + 1;
                    continue;
                }
                while (end < text.length() && " \t=".indexOf(text.charAt(end)) < 0) {
                    end++;
                }
                words.add(text.substring(at, end));
                at = end;
            }
            return words;
        }
    }
}
