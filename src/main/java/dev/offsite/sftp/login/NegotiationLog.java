package dev.offsite.sftp.login;

import com.jcraft.jsch.Logger;
import dev.offsite.openssh.AlgorithmKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects what both sides of a session offer, which JSch only logs. */
class NegotiationLog implements Logger {

    private static final Pattern PROPOSAL = Pattern.compile("(server|client) proposal: ([A-Za-z0-9 ]+): (.*)");
    private static final Map<String, AlgorithmKind> KINDS = Map.of(
            "KEX algorithms", AlgorithmKind.KEY_EXCHANGE,
            "host key algorithms", AlgorithmKind.HOST_KEY,
            "ciphers c2s", AlgorithmKind.CIPHER,
            "MACs c2s", AlgorithmKind.MAC);

    private final Map<AlgorithmKind, List<String>> ours = new EnumMap<>(AlgorithmKind.class);
    private final Map<AlgorithmKind, List<String>> theirs = new EnumMap<>(AlgorithmKind.class);

    @Override
    public boolean isEnabled(int level) {
        return level == INFO;
    }

    @Override
    public synchronized void log(int level, String message) {
        Matcher proposal = PROPOSAL.matcher(message);
        if (proposal.matches() && KINDS.containsKey(proposal.group(2))) {
            (proposal.group(1).equals("client") ? ours : theirs)
                    .put(KINDS.get(proposal.group(2)), List.of(proposal.group(3).split(",")));
        }
    }

    synchronized Map<AlgorithmKind, List<String>> ours() {
        return Map.copyOf(ours);
    }

    synchronized Map<AlgorithmKind, List<String>> theirs() {
        return Map.copyOf(theirs);
    }
}
