package dev.offsite.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.proof.HashProgram;
import dev.offsite.proof.Proof;
import dev.offsite.transfer.Claim;
import dev.offsite.transfer.Problem;
import dev.offsite.transfer.Verdict;
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
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of each file, with both sides in memory. */
@Timeout(30)
class TransferTest {
    private static final Target TARGET = new Target(
            "nas", 22, "me", null, null, null, Path.of("known_hosts"), Proof.READBACK, SshPath.SAME, HashProgram.AUTO);
    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");

    private final Map<String, String> there = new ConcurrentHashMap<>();
    private final Map<String, String> parts = new ConcurrentHashMap<>();
    private final AtomicInteger sends = new AtomicInteger();
    private final AtomicInteger proofs = new AtomicInteger();
    private Exception sendFails;
    private int sendFailures;
    private boolean damaged;
    private Verdict.State always;

    @Test
    void manyFilesAreProvenByFewQuestions() throws Exception {
        Tree tree = Tree.empty();
        IntStream.range(0, 500).forEach(i -> tree.add(new TreeFile("f" + i, 4, TIME)));

        TreeResult result = transfer(tree, false, 0).run(bytes -> {});

        assertThat(result.count(Outcome.State.TRANSFERRED)).isEqualTo(500);
        assertThat(there).hasSize(500);
        assertThat(parts).isEmpty();
        assertThat(proofs.get()).isLessThan(500);
    }

    @Test
    void whatArrivedDamagedIsSentAgain() throws Exception {
        damaged = true;

        TreeResult result = transfer(one(), false, 2).run(bytes -> {});

        assertThat(result.count(Outcome.State.TRANSFERRED)).isOne();
        assertThat(sends).hasValue(2);
    }

    @Test
    void whatIsNeverProvenIsRemovedAndWhatWasThereStays() throws Exception {
        there.put("file", "before");
        always = Verdict.State.DIFFERENT;

        TreeResult result = transfer(one(), true, 1).run(bytes -> {});

        assertThat(result.outcomes()).singleElement().satisfies(outcome -> {
            assertThat(outcome.state()).isEqualTo(Outcome.State.FAILED);
            assertThat(outcome.sha256()).isNull();
            assertThat(outcome.reason()).isEqualTo("because");
        });
        assertThat(sends).hasValue(2);
        assertThat(there).containsEntry("file", "before");
        assertThat(parts).isEmpty();
    }

    @Test
    void whatIsUnprovenIsNotSentAgain() throws Exception {
        always = Verdict.State.UNPROVEN;

        TreeResult result = transfer(one(), false, 5).run(bytes -> {});

        assertThat(result.count(Outcome.State.FAILED)).isOne();
        assertThat(sends).hasValue(1);
        assertThat(there).isEmpty();
        assertThat(parts).isEmpty();
    }

    @Test
    void aLostConnectionIsTriedAgainAsOftenAsAllowed() throws Exception {
        sendFails = new SftpException(4, "", new IOException("Pipe closed"));
        sendFailures = 2;

        assertThat(transfer(one(), false, 1).run(bytes -> {}).count(Outcome.State.FAILED))
                .isOne();
        sendFailures = 2;
        assertThat(transfer(one(), false, 2).run(bytes -> {}).count(Outcome.State.TRANSFERRED))
                .isOne();
    }

    @Test
    void aTargetThatIsGoneIsNotAskedForEachFile() throws Exception {
        sendFails = new JSchException("refused", new ConnectException("Connection refused"));
        sendFailures = Integer.MAX_VALUE;
        Tree tree = Tree.empty();
        IntStream.range(0, 100).forEach(i -> tree.add(new TreeFile("f" + i, 4, TIME)));

        TreeResult result = transfer(tree, false, 3).run(bytes -> {});

        assertThat(result.targetFailure()).contains("cannot be reached");
        assertThat(result.count(Outcome.State.FAILED)).isEqualTo(100);
        assertThat(sends.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void aSizeAloneDoesNotSayThatTwoFilesAreTheSame() throws Exception {
        there.put("file", "same");
        Proving bySize = claims -> {
            Map<String, Verdict> verdicts = new HashMap<>();
            claims.forEach(claim ->
                    verdicts.put(claim.path(), new Verdict(Verdict.State.PROVEN, Optional.of(Proof.SIZE), "")));
            return verdicts;
        };

        Tree older = Tree.empty();
        older.add(new TreeFile("file", 4, TIME.minusSeconds(9)));
        assertThat(transfer(one(), false, bySize).run(bytes -> {}).count(Outcome.State.PRESENT))
                .isOne();
        assertThat(transfer(older, false, bySize).run(bytes -> {}).count(Outcome.State.FAILED))
                .isOne();
    }

    private static Tree one() {
        Tree tree = Tree.empty();
        tree.add(new TreeFile("file", 4, TIME));
        return tree;
    }

    private Transfer transfer(Tree tree, boolean overwrite, int retries) {
        return new Transfer(
                new Memory(), tree, new Transfer.Options(overwrite, 2, retries), this::prove, TransferTest::explain);
    }

    private Transfer transfer(Tree tree, boolean overwrite, Proving proving) {
        return new Transfer(new Memory(), tree, new Transfer.Options(overwrite, 2, 0), proving, TransferTest::explain);
    }

    private static Problem explain(Exception failure) {
        return Problem.of(failure, TARGET, "write");
    }

    private Map<String, Verdict> prove(Collection<Claim> claims) {
        proofs.incrementAndGet();
        Map<String, Verdict> verdicts = new HashMap<>();
        for (Claim claim : claims) {
            Verdict.State state = always != null ? always : damaged ? Verdict.State.DIFFERENT : Verdict.State.PROVEN;
            damaged = false;
            verdicts.put(
                    claim.path(),
                    state == Verdict.State.PROVEN
                            ? new Verdict(state, Optional.of(Proof.SHA256SUM), "")
                            : new Verdict(state, Optional.empty(), "because"));
        }
        return verdicts;
    }

    private final class Memory implements Way {
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
        public void makeFolder(String name) {}

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
        public synchronized Sent send(TreeFile file, LongConsumer progress) throws JSchException, SftpException {
            sends.incrementAndGet();
            parts.put(file.name(), "sent");
            if (sendFailures-- > 0) {
                if (sendFails instanceof JSchException e) {
                    throw e;
                }
                throw (SftpException) sendFails;
            }
            return new Sent("hash", file.size());
        }

        @Override
        public String pathToProve(String name) {
            return name + ".part";
        }

        @Override
        public void publish(TreeFile file) {
            there.put(file.name(), parts.remove(file.name()));
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
        Outcomes outcomes = new Outcomes(new Memory(), TransferTest::explain);
        outcomes.failed("a", -1, "no");
        return outcomes.isBelowFailed(name);
    }
}
