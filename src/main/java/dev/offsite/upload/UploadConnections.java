package dev.offsite.upload;

import dev.offsite.job.Job;
import dev.offsite.sftp.LinkQuality;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.SourceScan.SourceFile;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.ToIntFunction;

/** Opens connections before a run needs them, while its files are still being searched. */
public record UploadConnections(TargetConnections connections, Executor threads) {

    /** Starts the login to the job's target before the files are known. */
    public void contact(Job job) {
        connections.to(job).sessions().begin(threads);
    }

    /** Opens as many connections as the upload of these files is worth. */
    public void expect(Job job, List<SourceFile> files) {
        boolean many = SmallFileBatch.worthwhile(files);
        long largest = files.stream().mapToLong(SourceFile::size).max().orElse(0);
        if (many || SegmentPlan.mayBeWorthwhile(largest, job.parallel())) {
            ToIntFunction<LinkQuality> others = link -> Math.max(
                    // One more for everything else.
                    many ? SmallFileBatch.connections(link) : 0,
                    SegmentPlan.of(largest, job.parallel(), link, 1).first() - 1);
            connections.to(job).sessions().expect(others, threads);
        }
    }
}
