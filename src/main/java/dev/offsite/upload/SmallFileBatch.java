package dev.offsite.upload;

import dev.offsite.io.Batcher;
import dev.offsite.sftp.LinkQuality;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.pipeline.BatchWrite;
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
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Uploads small files in batches, because camel-ftp's endpoint waits for the server three times per file. A batch
 * creates its folders, opens all files, then writes and closes them. Each file succeeds or fails on its own.
 */
public final class SmallFileBatch {

    /** Maximum bytes of a file that is held in memory and sent with others. */
    static final int SMALL = 64 << 10;

    private final Batcher<SftpSessionPool, Small> batches;

    public SmallFileBatch(Executor threads) {
        batches = new Batcher<SftpSessionPool, Small>(
                        threads, (sessions, files) -> upload(files, sessions), Small::done)
                .lanes(sessions -> connections(sessions.linkSoFar()))
                .atMost(BatchWrite.TOGETHER);
    }

    /** Whether an upload is small enough, and not slowed down by a limit. */
    public static boolean worthwhile(Upload upload) {
        return upload.copySize() <= SMALL
                && !upload.run().connection().throttle().limits();
    }

    /** Connections worth using for small files: on a long link one sends while the server works for the other. */
    public static int connections(LinkQuality link) {
        return link.isLong() ? 2 : 1;
    }

    /** Whether enough of the files are small to be worth a connection of their own. */
    public static boolean worthwhile(List<SourceFile> files) {
        return files.stream().filter(file -> file.size() <= SMALL).count() > BatchWrite.TOGETHER;
    }

    /** {@code done} is called once in another thread, with the failure or null. */
    public void add(Upload upload, Consumer<Throwable> done) {
        batches.add(upload.run().connection().sessions(), new Small(upload, done));
    }

    private record Small(Upload upload, Consumer<Throwable> whenDone) {
        /** The content of the file, hashed while it is read. */
        byte[] read() throws IOException {
            try (InputStream file = upload.open(upload.run().folder(upload))) {
                byte[] content = new byte[(int) upload.copySize()];
                int length = file.readNBytes(content, 0, content.length);
                // Reading one more byte shows whether the file has grown.
                return file.read() < 0 && length == content.length ? content : Arrays.copyOf(content, length);
            }
        }

        void done(Throwable failure) {
            whenDone.accept(failure);
        }
    }

    /** Creates the folders; returns the files whose folder exists, and fails the others. */
    private static List<Small> withFolders(List<Small> some) {
        Map<DatedFolderWriter, List<Small>> byFolder = new LinkedHashMap<>();
        for (Small small : some) {
            try {
                byFolder.computeIfAbsent(small.upload().run().folder(small.upload()), f -> new ArrayList<>())
                        .add(small);
            } catch (Exception e) {
                small.done(e);
            }
        }
        List<Small> ready = new ArrayList<>();
        byFolder.forEach((folder, smalls) -> {
            try {
                Map<String, Exception> failures =
                        folder.makeFoldersOf(smalls.stream().map(Small::upload).toList());
                for (Small small : smalls) {
                    Exception failure = failures.get(small.upload().copyName());
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
                files.add(new BatchWrite(
                        small.upload().part(), content, small.upload().partMode()));
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
            sessions.run(remote -> remote.write(files));
        } catch (Exception e) {
            lost = e;
        }
        for (int i = 0; i < files.size(); i++) {
            SftpStatusException refusal = files.get(i).refusal();
            readable.get(i).done(lost == null ? refusal : lost);
        }
    }
}
