package dev.offsite.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.Activity;
import dev.offsite.io.HashedFile;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.login.SshException;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of each file, with both sides in memory. */
@Timeout(30)
class TreeTransferTest {
    private static final Target TARGET = new Target(
            "nas",
            22,
            "me",
            null,
            null,
            null,
            Path.of("known_hosts"),
            VerificationMethod.READBACK,
            SshPath.SAME,
            HashProgram.AUTO,
            null,
            Modes.KEEP);
    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");

    private final Map<String, String> there = new ConcurrentHashMap<>();
    private final Map<String, String> parts = new ConcurrentHashMap<>();
    private final AtomicInteger sends = new AtomicInteger();
    private final AtomicInteger verifications = new AtomicInteger();
    private IOException sendFails;
    private int sendFailures;
    private boolean damaged;
    private VerificationResult.State always;

    @Test
    void manyFilesAreVerifiedByFewQuestions() throws Exception {
        FileTree tree = FileTree.empty();
        IntStream.range(0, 500).forEach(i -> tree.add(new FileTreeEntry("f" + i, 4, TIME, -1)));

        TransferResult result = transfer(tree, false, 0).run(bytes -> {});

        assertThat(result.count(FileOutcome.State.TRANSFERRED)).isEqualTo(500);
        assertThat(there).hasSize(500);
        assertThat(parts).isEmpty();
        assertThat(verifications.get()).isLessThan(500);
    }

    @Test
    void whatArrivedDamagedIsSentAgain() throws Exception {
        damaged = true;

        TransferResult result = transfer(one(), false, 2).run(bytes -> {});

        assertThat(result.count(FileOutcome.State.TRANSFERRED)).isOne();
        assertThat(sends).hasValue(2);
    }

    @Test
    void whatIsNeverVerifiedIsRemovedAndWhatWasThereStays() throws Exception {
        there.put("file", "before");
        always = VerificationResult.State.DIFFERENT;

        TransferResult result = transfer(one(), true, 1).run(bytes -> {});

        assertThat(result.outcomes()).singleElement().satisfies(outcome -> {
            assertThat(outcome.state()).isEqualTo(FileOutcome.State.FAILED);
            assertThat(outcome.sha256()).isNull();
            assertThat(outcome.reason()).isEqualTo("because");
        });
        assertThat(sends).hasValue(2);
        assertThat(there).containsEntry("file", "before");
        assertThat(parts).isEmpty();
    }

    @Test
    void whatIsUnverifiedIsNotSentAgain() throws Exception {
        always = VerificationResult.State.UNVERIFIED;

        TransferResult result = transfer(one(), false, 5).run(bytes -> {});

        assertThat(result.count(FileOutcome.State.FAILED)).isOne();
        assertThat(sends).hasValue(1);
        assertThat(there).isEmpty();
        assertThat(parts).isEmpty();
    }

    @Test
    void aLostConnectionIsTriedAgainAsOftenAsAllowed() throws Exception {
        sendFails = new SftpStatusException(4, "", new IOException("Pipe closed"));
        sendFailures = 2;

        assertThat(transfer(one(), false, 1).run(bytes -> {}).count(FileOutcome.State.FAILED))
                .isOne();
        sendFailures = 2;
        assertThat(transfer(one(), false, 2).run(bytes -> {}).count(FileOutcome.State.TRANSFERRED))
                .isOne();
    }

    @Test
    void aTargetThatIsGoneIsNotAskedForEachFile() throws Exception {
        sendFails = new SshException(
                SshException.Reason.UNREACHABLE, "refused", new ConnectException("Connection refused"));
        sendFailures = Integer.MAX_VALUE;
        FileTree tree = FileTree.empty();
        IntStream.range(0, 100).forEach(i -> tree.add(new FileTreeEntry("f" + i, 4, TIME, -1)));

        TransferResult result = transfer(tree, false, 3).run(bytes -> {});

        assertThat(result.targetFailure()).contains("cannot be reached");
        assertThat(result.count(FileOutcome.State.FAILED)).isEqualTo(100);
        assertThat(sends.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void aSizeAloneDoesNotSayThatTwoFilesAreTheSame() throws Exception {
        there.put("file", "same");
        TreeTransfer.VerificationStep bySize = claims -> {
            Map<String, VerificationResult> verdicts = new HashMap<>();
            claims.forEach(claim -> verdicts.put(
                    claim.path(),
                    new VerificationResult(
                            VerificationResult.State.VERIFIED, Optional.of(VerificationMethod.SIZE), "")));
            return verdicts;
        };

        FileTree older = FileTree.empty();
        older.add(new FileTreeEntry("file", 4, TIME.minusSeconds(9), -1));
        assertThat(transfer(one(), false, bySize).run(bytes -> {}).count(FileOutcome.State.PRESENT))
                .isOne();
        assertThat(transfer(older, false, bySize).run(bytes -> {}).count(FileOutcome.State.FAILED))
                .isOne();
    }

    private static FileTree one() {
        FileTree tree = FileTree.empty();
        tree.add(new FileTreeEntry("file", 4, TIME, -1));
        return tree;
    }

    private TreeTransfer transfer(FileTree tree, boolean overwrite, int retries) {
        return new TreeTransfer(
                new Memory(),
                tree,
                new TreeTransfer.Options(overwrite, 2, retries),
                this::verify,
                TreeTransferTest::explain,
                new Activity());
    }

    private TreeTransfer transfer(FileTree tree, boolean overwrite, TreeTransfer.VerificationStep verifying) {
        return new TreeTransfer(
                new Memory(),
                tree,
                new TreeTransfer.Options(overwrite, 2, 0),
                verifying,
                TreeTransferTest::explain,
                new Activity());
    }

    private static FailureMessages explain(Exception failure) {
        return FailureMessages.of(failure, TARGET, "write");
    }

    private Map<String, VerificationResult> verify(Collection<ExpectedFile> claims) {
        verifications.incrementAndGet();
        Map<String, VerificationResult> verdicts = new HashMap<>();
        for (ExpectedFile claim : claims) {
            VerificationResult.State state = always != null
                    ? always
                    : damaged ? VerificationResult.State.DIFFERENT : VerificationResult.State.VERIFIED;
            damaged = false;
            verdicts.put(
                    claim.path(),
                    state == VerificationResult.State.VERIFIED
                            ? new VerificationResult(state, Optional.of(VerificationMethod.HASH), "")
                            : new VerificationResult(state, Optional.empty(), "because"));
        }
        return verdicts;
    }

    private final class Memory implements Direction {
        @Override
        public String verb() {
            return "put";
        }

        @Override
        public String source() {
            return "/here";
        }

        @Override
        public String done() {
            return "put";
        }

        @Override
        public String destination() {
            return "/there";
        }

        @Override
        public void makeTop() {}

        @Override
        public void makeFolder(String name, int mode) {}

        @Override
        public void setModified(String folder, Instant modified) {}

        @Override
        public Optional<There> there(String name) {
            return Optional.ofNullable(there.get(name)).map(text -> new There(true, text.length(), TIME));
        }

        @Override
        public String hashHere(String name, LongConsumer progress) {
            return "hash";
        }

        @Override
        public String pathOfSame(String name) {
            return name;
        }

        @Override
        public synchronized void send(FileTreeEntry file, LongConsumer progress, BiConsumer<Sent, Exception> whenSent)
                throws IOException {
            sends.incrementAndGet();
            parts.put(file.name(), "sent");
            if (sendFailures-- > 0) {
                throw sendFails;
            }
            whenSent.accept(Sent.plain(new HashedFile("hash", file.size())), null);
        }

        @Override
        public String pathToVerify(String name) {
            return name + ".part";
        }

        @Override
        public Published publish(FileTreeEntry file, Sent sent) {
            there.put(file.name(), parts.remove(file.name()));
            return new Published("/there/" + file.name(), sent, false);
        }

        @Override
        public void discard(String name) {
            parts.remove(name);
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamedAndAllThatIsInIt() {
        assertThat(List.of("a", "a/b", "a/b/c", "ab"))
                .filteredOn(name -> below(name))
                .containsExactly("a/b", "a/b/c");
    }

    private boolean below(String name) {
        TransferProgress outcomes = new TransferProgress(new Memory(), TreeTransferTest::explain);
        outcomes.failed("a", -1, "no");
        return outcomes.isBelowFailed(name);
    }
}
