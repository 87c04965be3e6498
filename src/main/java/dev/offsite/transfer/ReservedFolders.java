package dev.offsite.transfer;

import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.owner.RootMark;
import java.util.Collection;
import java.util.Optional;

/** The places on a server that only a job may write to, so that they hold exactly what it shipped and verified. */
public final class ReservedFolders {

    private static final String TRASH = ".trash";

    private ReservedFolders() {}

    /** The job that has this absolute path in a dated folder or in its trash, or as the mark of its root. */
    static Optional<Job> owner(Collection<Job> jobs, Target target, String path) {
        return jobs.stream()
                .filter(job -> job.target().host().equals(target.host())
                        && job.target().port() == target.port()
                        && path.startsWith(job.root() + "/")
                        && isItsOwn(job, path.substring(job.root().length() + 1)))
                .findFirst();
    }

    private static boolean isItsOwn(Job job, String below) {
        String first = below.split("/", 2)[0];
        return first.equals(TRASH)
                || first.equals(RootMark.NAME)
                || job.folders().parse(first).isPresent();
    }
}
