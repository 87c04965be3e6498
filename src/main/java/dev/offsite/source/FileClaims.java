package dev.offsite.source;

import dev.offsite.cluster.Claims;
import dev.offsite.cluster.Cluster;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import java.io.File;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which local files of a job this node of a cluster works on. All paths are the same on every node. */
public record FileClaims(Job job, Claims claims) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    public FileClaims(Job job, Cluster cluster) {
        this(job, cluster.claims());
    }

    /** Every name that stands for a file in claims begins with that. */
    private String prefix() {
        return job.destination() + " " + job.source() + File.separator;
    }

    private String key(File file) {
        return job.destination() + " " + file.getPath();
    }

    /** False if another node works on the file. */
    public boolean take(File file) {
        return claims.take(key(file));
    }

    /** Those of these files that no other node works on; they are claimed then. */
    public Set<File> takeAll(Collection<File> files) {
        Set<String> taken = claims.takeAll(files.stream().map(this::key).toList());
        return files.stream().filter(file -> taken.contains(key(file))).collect(Collectors.toSet());
    }

    /** A claim that cannot be released ends when this node stops. */
    public void release(File file) {
        releaseAll(Set.of(file));
    }

    /** The same for several. */
    public void releaseAll(Collection<File> files) {
        if (files.isEmpty()) {
            return;
        }
        try {
            claims.releaseAll(files.stream().map(this::key).toList());
        } catch (StateException e) {
            LOG.debug("{}: {} files stay claimed", job.name(), files.size(), e);
        }
    }

    /** The files that other nodes work on now. */
    public Set<File> ofOthers() {
        int start = job.destination().length() + 1;
        return claims.ofOthers(prefix()).stream()
                .map(key -> new File(key.substring(start)))
                .collect(Collectors.toSet());
    }

    /** Those of these files that another node may work on now, because it has taken this one for dead. */
    public Set<File> lost(Collection<File> files) {
        Set<String> lost = claims.lost(files.stream().map(this::key).toList());
        return lost.isEmpty()
                ? Set.of()
                : files.stream().filter(file -> lost.contains(key(file))).collect(Collectors.toSet());
    }
}
