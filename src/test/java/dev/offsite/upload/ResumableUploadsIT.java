package dev.offsite.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.age.AgeIdentities;
import dev.offsite.age.AgeInputStream;
import dev.offsite.age.AgeKey;
import dev.offsite.age.AgeKeyPair;
import dev.offsite.age.AgeRecipients;
import dev.offsite.cluster.SingleNode;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.Exec;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.StateFolder;
import dev.offsite.resume.UploadRecord;
import dev.offsite.resume.UploadRecords;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.FileState;
import dev.offsite.support.Bench;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an earlier run left, in every state, and what becomes of it on the embedded server. */
@Timeout(240)
class ResumableUploadsIT {
    private static final String PART = "/some folder/.offsite-00112233445566778899aabbccddeeff.part";
    private static final String KEY = "0123456789abcdef";
    private static final int SIZE = 700_000;

    @TempDir
    Path folder;

    private Path source;
    private Path part;
    /** Opens what is sent; empty if it is not encrypted. */
    private Optional<AgeKeyPair> identity = Optional.empty();

    private AgeKey keyBefore;
    private AgeKey key;

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What was done to the two files since the last run. */
    private enum Change {
        NOTHING(true),
        SOURCE_BEFORE(false),
        /** What is encrypted with one key must never change. */
        SOURCE_AFTER(true) {
            @Override
            boolean goesOn(boolean encrypted) {
                return !encrypted;
            }
        },
        SOURCE_SHORTER(false),
        SOURCE_LONGER(false),
        SOURCE_REPLACED(false),
        PART_BEFORE(false),
        PART_AFTER(true),
        PART_SHORTER(false),
        PART_LONGER(false),
        PART_GONE(false),
        PART_A_LINK(false),
        PART_OF_ANOTHER(false);

        private final boolean goesOn;

        Change(boolean goesOn) {
            this.goesOn = goesOn;
        }

        boolean goesOn(boolean encrypted) {
            return goesOn;
        }
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void whateverWasChangedIsFoundAndTheResultIsRight(boolean commands, boolean encrypted) throws Exception {
        Random random = new Random(20);
        identity = encrypted ? Optional.of(AgeKeyPair.make()) : Optional.empty();
        try (Bench bench = bench(commands)) {
            bench.start();
            prepare(bench);
            for (int i = 0; i < 200; i++) {
                Change change = Change.values()[i % Change.values().length];
                int size = SIZE / 2 + random.nextInt(SIZE);
                int confirmed = 1 + random.nextInt(size - 1);
                byte[] content = bytes(random, size);
                begun(bench, content, confirmed);

                change(change, random, size, confirmed);
                AtomicLong sent = new AtomicLong();

                send(bench, sent);

                assertThat(content(part)).as("case %d, %s", i, change).isEqualTo(Files.readAllBytes(source));
                assertThat(Files.isSymbolicLink(part)).isFalse();
                assertThat(sent.get())
                        .as("sent in case %d, %s, of %d with %d confirmed", i, change, size, confirmed)
                        .isEqualTo(Files.size(part) - (change.goesOn(encrypted) ? confirmed : 0));
                assertThat(encrypted && Arrays.equals(key.header(), keyBefore.header()))
                        .as("the key in case %d, %s", i, change)
                        .isEqualTo(encrypted && change.goesOn(true));
            }
        }
    }

    private Bench bench(boolean commands) throws IOException {
        EmbeddedServer.Exec none = (command, root) -> new EmbeddedServer.Exec.Result(1, "", "no commands");
        return commands
                ? Bench.answering(folder, ResumableUploadsIT::hash)
                : Bench.answering(folder, none).unprobed();
    }

    private static EmbeddedServer.Exec.Result hash(String command, Path root) {
        Matcher beginning =
                Pattern.compile("head -c (\\d+) '(.*)' \\| sha256sum").matcher(command);
        if (!beginning.matches()) {
            return Exec.sha256sumAfter((line, top) -> {}).run(command, root);
        }
        try (InputStream in =
                Files.newInputStream(root.resolve(beginning.group(2).substring(1)))) {
            byte[] hash = HashingInputStream.sha256Digest().digest(in.readNBytes(Integer.parseInt(beginning.group(1))));
            return new EmbeddedServer.Exec.Result(0, HexFormat.of().formatHex(hash) + "  -\n", "");
        } catch (IOException e) {
            return new EmbeddedServer.Exec.Result(1, "", e.toString());
        }
    }

    private void prepare(Bench bench) throws IOException {
        source = folder.resolve("source");
        part = bench.server().files().resolve(PART.substring(1));
        Files.createDirectories(part.getParent());
    }

    /** An upload that was cut when so much was confirmed. */
    private void begun(Bench bench, byte[] content, int confirmed) throws IOException {
        Files.deleteIfExists(source);
        Files.deleteIfExists(part);
        Files.write(source, content);
        Files.setLastModifiedTime(source, FileTime.fromMillis(1_700_000_000_000L));
        keyBefore = identity.isPresent() ? AgeKey.make(recipients().orElseThrow()) : null;
        byte[] all = content;
        if (identity.isPresent()) {
            try (InputStream in = encrypting(new ByteArrayInputStream(content), keyBefore)) {
                all = in.readAllBytes();
            }
        }
        // Beyond what was confirmed there may be more, or holes.
        Files.write(part, Arrays.copyOf(all, confirmed + (all.length - confirmed) / 2));
        UploadRecord record = new UploadRecord(
                "db",
                bench.job().target().toString(),
                PART,
                source,
                FileState.of(source),
                Optional.ofNullable(keyBefore),
                confirmed,
                Bench.NOW);
        records().put(KEY, record, PART, confirmed);
    }

    private Optional<AgeRecipients> recipients() {
        return identity.map(pair -> new AgeRecipients(List.of(pair.recipient())));
    }

    private static InputStream encrypting(InputStream content, AgeKey key) throws IOException {
        return new AgeInputStream(content, key, Runnable::run);
    }

    private byte[] content(Path sent) throws IOException {
        try (InputStream in = identity.isEmpty()
                ? Files.newInputStream(sent)
                : AgeIdentities.parse(identity.get().identity()).open(Files.newInputStream(sent))) {
            return in.readAllBytes();
        }
    }

    private UploadRecords records() {
        return new UploadRecords(new SingleNode(new StateFolder(state())), Clock.fixed(Bench.NOW, ZoneOffset.UTC));
    }

    private Path state() {
        return folder.resolve("state");
    }

    private void change(Change change, Random random, int size, int confirmed) throws IOException {
        FileTime time = Files.getLastModifiedTime(source);
        switch (change) {
            case NOTHING -> {}
            case SOURCE_BEFORE -> flip(source, random.nextInt(confirmed));
            case SOURCE_AFTER -> flip(source, confirmed + random.nextInt(size - confirmed));
            case SOURCE_SHORTER -> truncate(source, size - 1);
            case SOURCE_LONGER -> Files.write(source, new byte[1], StandardOpenOption.APPEND);
            case SOURCE_REPLACED -> {
                Path other = Files.write(folder.resolve("other"), bytes(random, size));
                Files.move(other, source, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            case PART_BEFORE -> flip(part, random.nextInt(confirmed));
            case PART_AFTER -> {
                if (Files.size(part) > confirmed) {
                    flip(part, confirmed);
                }
            }
            case PART_SHORTER -> truncate(part, random.nextInt(confirmed));
            case PART_LONGER -> Files.write(part, new byte[size], StandardOpenOption.APPEND);
            case PART_GONE -> Files.delete(part);
            case PART_A_LINK -> {
                Path moved =
                        Files.move(part, folder.resolve("moved"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                Files.createSymbolicLink(part, moved);
            }
            case PART_OF_ANOTHER -> Files.write(part, bytes(random, (int) Files.size(part)));
            default -> throw new IllegalStateException();
        }
        if (change.name().startsWith("SOURCE")) {
            Files.setLastModifiedTime(source, time);
        }
    }

    private static void flip(Path file, int place) throws IOException {
        byte[] all = Files.readAllBytes(file);
        all[place] ^= 1;
        // The same file.
        Files.write(file, all, StandardOpenOption.WRITE);
    }

    private static void truncate(Path file, int size) throws IOException {
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), size));
    }

    private void send(Bench bench, AtomicLong sent) throws IOException {
        TargetConnection connection = bench.bean(TargetConnections.class).to(bench.job());
        bench.bean(ResumableUploads.class)
                .send(new UploadTask(
                        connection,
                        KEY,
                        "db",
                        "db: source",
                        source,
                        FileState.of(source),
                        PART,
                        -1,
                        recipients().isPresent() ? recipients().get().size(Files.size(source)) : Files.size(source),
                        before -> {
                            sent.set(0);
                            InputStream file = Files.newInputStream(source);
                            key = recipients()
                                    .map(to -> before.orElseGet(() -> AgeKey.make(to)))
                                    .orElse(null);
                            return new HashingInputStream(key == null ? file : encrypting(file, key), sent::addAndGet);
                        },
                        recipients(),
                        () -> Optional.ofNullable(key),
                        read -> {},
                        () -> new SegmentPlan(2, 2, 0),
                        0,
                        () -> false));
    }

    /** As Erlang's. */
    @Test
    void aServerThatEmptiesAFileThatIsOpenedAgainGetsItFromZero() throws Exception {
        Random random = new Random(21);
        try (Bench bench = new Bench(folder)) {
            bench.start();
            prepare(bench);
            bench.server().accessFiles(new Emptying());
            begun(bench, bytes(random, SIZE), SIZE / 2);
            AtomicLong sent = new AtomicLong();

            send(bench, sent);

            assertThat(part).hasSameBinaryContentAs(source);
            assertThat(sent).hasValue(SIZE);
            assertThat(Files.readString(state().resolve("reopening.properties")))
                    .contains("=false");
        }
    }

    private static final class Emptying implements SftpFileSystemAccessor {
        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attributes)
                throws IOException {
            Set<OpenOption> emptying = new HashSet<>(options);
            if (options.contains(StandardOpenOption.WRITE)) {
                emptying.add(StandardOpenOption.TRUNCATE_EXISTING);
            }
            return SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, emptying, attributes);
        }
    }

    @Test
    void aDiskThatIsFullEndsItAndTheNextAttemptBeginsFromZero() throws Exception {
        Random random = new Random(22);
        try (Bench bench = new Bench(folder)) {
            bench.start();
            prepare(bench);
            begun(bench, bytes(random, SIZE), SIZE / 2);
            bench.server().accessFiles(new SegmentedUploadIT.Full(SIZE - 1));

            assertThatThrownBy(() -> send(bench, new AtomicLong())).isInstanceOf(SftpStatusException.class);

            assertThat(records().find(KEY)).isEqualTo(Optional.empty());
        }
    }
}
