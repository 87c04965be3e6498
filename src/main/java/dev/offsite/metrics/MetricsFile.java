package dev.offsite.metrics;

import dev.offsite.io.PrivateFiles;
import dev.offsite.io.Text;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metrics as a file that all users may read, for node_exporter's textfile collector. */
public record MetricsFile(Path path) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    /** Replaces the file in one step. If that fails, a warning says so, and that is all: it fails no run. */
    public void write(List<Metrics.Sample> samples) {
        // Another process may write at the same time. The collector ignores names that do not end in .prom.
        Path temporary = path.resolveSibling(".%s.%d.new"
                .formatted(path.getFileName(), ProcessHandle.current().pid()));
        try {
            try {
                Files.deleteIfExists(temporary);
                try (FileChannel channel = PrivateFiles.open(temporary, StandardOpenOption.CREATE_NEW)) {
                    PrivateFiles.write(channel, MetricsText.of(samples));
                }
                // Whatever the umask is
                Files.setPosixFilePermissions(temporary, READABLE);
                Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("the metrics were not written to {}: {}", path, Text.reason(e));
        }
    }
}
