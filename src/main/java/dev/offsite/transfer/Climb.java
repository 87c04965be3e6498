package dev.offsite.transfer;

import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.proof.HashCommand;
import dev.offsite.proof.HashProgram;
import dev.offsite.proof.HashWay;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out by what a target hashes files: tries the commands up to the first that works, and then the fast one. */
final class Climb {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Set<HashProbe.Kind> NO_USE_TO_GO_ON = Set.of(HashProbe.Kind.REFUSED, HashProbe.Kind.CUT);

    private final Target target;
    private final HashProbe probe;

    Climb(Target target, HashProbe probe) {
        this.target = target;
        this.probe = probe;
    }

    /** What comes of it; where it is nothing, that is logged. */
    Rung rung(Instant now) {
        List<HashWay> working = new ArrayList<>();
        HashProbe.Outcome first = null;
        for (HashCommand command : target.program().commands()) {
            if (!working.isEmpty() && command != HashCommand.OPENSSL) {
                continue;
            }
            HashProbe.Outcome outcome = probe.of(command);
            LOG.debug("{}: {}", target, outcome);
            outcome.way().ifPresent(working::add);
            first = first == null || first.kind() == HashProbe.Kind.ABSENT ? outcome : first;
            if (NO_USE_TO_GO_ON.contains(outcome.kind())) {
                break;
            }
        }
        if (working.isEmpty()) {
            complain(first);
            return new Rung(List.of(), now, first.said());
        }
        return new Rung(HashProgram.preferred(working), now, "");
    }

    private void complain(HashProbe.Outcome first) {
        String program = first.command().program();
        if (first.kind() == HashProbe.Kind.UNSEEN) {
            LOG.warn(
                    "{}: {} there does not find what was uploaded ({}): its paths differ, offsite doctor finds the ssh-path",
                    target,
                    program,
                    first.said());
        } else if (first.kind() == HashProbe.Kind.WRONG) {
            LOG.warn("{}: {} there gives a wrong hash of a file that we know, and is not believed", target, program);
        } else if (target.program() == HashProgram.AUTO) {
            LOG.info("{} hashes no files for us ({})", target, first.said());
        } else {
            LOG.warn(
                    "{} hashes no files for us by {} ({}), and {}={} allows nothing else",
                    target,
                    program,
                    first.said(),
                    Setting.PROOF_COMMAND.key(),
                    target.program());
        }
    }
}
