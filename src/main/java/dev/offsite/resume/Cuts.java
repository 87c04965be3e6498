package dev.offsite.resume;

import dev.offsite.exec.ExecException;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.verify.VerificationException;
import java.util.List;
import org.apache.camel.util.ObjectHelper;

/** Tells failures that say nothing against what is in a part file. */
final class Cuts {

    private static final List<Class<? extends Throwable>> KINDS = List.of(
            ExecException.class,
            // Of a copy that was not compared: the record of one that differs is gone.
            VerificationException.class);

    private Cuts() {}

    /** Whether the connection was lost or the verification not possible, so that the next attempt may go on. */
    static boolean isOne(Throwable failure) {
        return FailureMessages.cut(failure)
                || KINDS.stream().anyMatch(kind -> ObjectHelper.getException(kind, failure) != null);
    }
}
