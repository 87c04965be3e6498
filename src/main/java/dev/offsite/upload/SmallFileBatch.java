package dev.offsite.upload;

import dev.offsite.sftp.BatchWrite;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.LinkQuality;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.Upload;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * The upload of small files, in place of camel-ftp's endpoint, which waits for the server three times for each. As with the
 * commit, those that wait go together: their folders are made, all are opened, then all are written and closed. Each
 * succeeds or fails alone.
 */
public final class SmallFileBatch extends AsyncProcessorSupport implements CamelContextAware {

    /** Bytes of a file that is held in memory and sent with others. */
    static final int SMALL = 64 << 10;

    /** Files that are open on the server at a time, over one connection; many servers allow a hundred. */
    private static final int TOGETHER = 64;

    private final Map<TargetConnection, Lanes> lanes = new ConcurrentHashMap<>();
    private CamelContext context;
    private ExecutorService executor;

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    @Override
    protected void doStart() {
        executor = context.getExecutorServiceManager().newCachedThreadPool(this, "offsite-small");
    }

    @Override
    protected void doStop() {
        context.getExecutorServiceManager().shutdownGraceful(executor);
    }

    /**
     * Whether that is the way for this copy. Where an attempt has failed and the connection was not lost, the next goes
     * alone: a server may not bear so many open files.
     */
    public static boolean worthwhile(Exchange exchange) {
        Upload copy = Upload.of(exchange);
        Exception before = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        return copy.size() <= SMALL
                && (before == null || FailureMessages.lost(before))
                && !copy.run().connection().throttle().limits();
    }

    /** How many connections pay for small files: on a long link one sends while the server works for the other. */
    public static int connections(LinkQuality link) {
        return link.isLong() ? 2 : 1;
    }

    /** Whether so many of those files are small that they pay for a connection of their own. */
    public static boolean worthwhile(List<SourceFile> files) {
        return files.stream().filter(file -> file.size() <= SMALL).count() > TOGETHER;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Upload copy = Upload.of(exchange);
        lanes.computeIfAbsent(copy.run().connection(), connection -> new Lanes(connection.sessions()))
                .add(new Small(copy, exchange, callback));
        return false;
    }

    /** A file to upload, and what to call when it was or was not. */
    private record Small(Upload copy, Exchange exchange, AsyncCallback callback) {
        /** Its content, hashed as it is read. */
        byte[] read() throws IOException {
            try (InputStream file = copy.open(copy.run().folder(copy))) {
                byte[] content = new byte[(int) copy.size()];
                int length = file.readNBytes(content, 0, content.length);
                // One more than it had: what has grown is no copy of what was polled.
                return file.read() < 0 && length == content.length ? content : Arrays.copyOf(content, length);
            }
        }

        void done(Exception failure) {
            if (failure != null) {
                exchange.setException(failure);
            }
            callback.done(false);
        }
    }

    /** Those that wait for one target. */
    private final class Lanes {
        private final BlockingQueue<Small> waiting = new LinkedBlockingQueue<>();
        private final AtomicInteger working = new AtomicInteger();
        private final SftpSessionPool sessions;

        Lanes(SftpSessionPool sessions) {
            this.sessions = sessions;
        }

        void add(Small small) {
            waiting.add(small);
            startOne();
        }

        private void startOne() {
            int now = working.get();
            if (now < connections(sessions.linkSoFar()) && working.compareAndSet(now, now + 1)) {
                executor.execute(this::work);
            }
        }

        private void work() {
            List<Small> some = new ArrayList<>();
            while (waiting.drainTo(some, TOGETHER) > 0) {
                upload(some, sessions);
                some.clear();
                if (!waiting.isEmpty()) {
                    startOne();
                }
            }
            working.decrementAndGet();
            if (!waiting.isEmpty()) {
                startOne();
            }
        }
    }

    /** Those whose folder on the target is there; the others have failed. */
    private static List<Small> withFolders(List<Small> some) {
        Map<DatedFolderWriter, List<Small>> byFolder = new LinkedHashMap<>();
        for (Small small : some) {
            try {
                byFolder.computeIfAbsent(small.copy().run().folder(small.copy()), f -> new ArrayList<>())
                        .add(small);
            } catch (Exception e) {
                small.done(e);
            }
        }
        List<Small> ready = new ArrayList<>();
        byFolder.forEach((folder, smalls) -> {
            try {
                Map<String, Exception> failures = folder.makeFoldersOf(
                        smalls.stream().map(small -> small.copy().name()).toList());
                for (Small small : smalls) {
                    Exception failure = failures.get(small.copy().name());
                    if (failure == null) {
                        ready.add(small);
                    } else {
                        small.done(failure);
                    }
                }
            } catch (Exception e) {
                smalls.forEach(small -> small.done(e));
            }
        });
        return ready;
    }

    private static void upload(List<Small> some, SftpSessionPool sessions) {
        List<Small> readable = new ArrayList<>();
        List<BatchWrite> files = new ArrayList<>();
        for (Small small : withFolders(some)) {
            try {
                byte[] content = small.read();
                files.add(new BatchWrite(small.copy().part(), content));
                readable.add(small);
            } catch (Exception e) {
                small.done(e);
            }
        }
        if (files.isEmpty()) {
            return;
        }
        Exception lost = null;
        try {
            sessions.call(remote -> {
                remote.write(files);
                return null;
            });
        } catch (Exception e) {
            lost = e;
        }
        for (int i = 0; i < files.size(); i++) {
            SftpStatusException refusal = files.get(i).refusal();
            readable.get(i).done(lost == null ? refusal : lost);
        }
    }
}
