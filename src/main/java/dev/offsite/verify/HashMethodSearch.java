package dev.offsite.verify;

import dev.offsite.job.HashProgram;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out by what a target hashes files: tries the commands up to the first that works, and then the fast one. */
public final class HashMethodSearch {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Set<HashCapabilityProbe.Kind> NO_USE_TO_GO_ON =
            Set.of(HashCapabilityProbe.Kind.REFUSED, HashCapabilityProbe.Kind.CUT);

    private final Target target;
    private final HashCapabilityProbe probe;

    HashMethodSearch(Target target, HashCapabilityProbe probe) {
        this.target = target;
        this.probe = probe;
    }

    /** What comes of it; where it is nothing, that is logged. */
    HashCapability rung(Instant now) {
        List<HashMethod> working = new ArrayList<>();
        HashCapabilityProbe.Outcome first = null;
        for (HashCommand command : HashCommand.of(target.program())) {
            if (!working.isEmpty() && command != HashCommand.OPENSSL) {
                continue;
            }
            HashCapabilityProbe.Outcome outcome = probe.of(command);
            LOG.debug("{}: {}", target, outcome);
            outcome.way().ifPresent(working::add);
            first = first == null || first.kind() == HashCapabilityProbe.Kind.ABSENT ? outcome : first;
            if (NO_USE_TO_GO_ON.contains(outcome.kind())) {
                break;
            }
        }
        if (working.isEmpty()) {
            complain(first);
            return new HashCapability(List.of(), now, first.said());
        }
        return new HashCapability(HashMethod.preferred(working), now, "");
    }

    private void complain(HashCapabilityProbe.Outcome first) {
        String program = first.command().program();
        if (first.kind() == HashCapabilityProbe.Kind.UNSEEN) {
            LOG.warn(
                    "{}: {} there does not find what was uploaded, or may not read it ({}); offsite doctor says what to do",
                    target,
                    program,
                    first.said());
        } else if (first.kind() == HashCapabilityProbe.Kind.WRONG) {
            LOG.warn("{}: {} there gives a wrong hash of a file that we know, and is not believed", target, program);
        } else if (target.program() == HashProgram.AUTO) {
            LOG.info("{} cannot hash files ({})", target, first.said());
        } else {
            LOG.warn(
                    "{} cannot hash files with {} ({}), and {}={} allows nothing else",
                    target,
                    program,
                    first.said(),
                    Setting.VERIFY_COMMAND.key(),
                    target.program());
        }
    }
}
