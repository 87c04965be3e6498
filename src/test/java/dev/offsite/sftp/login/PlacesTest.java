package dev.offsite.sftp.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.jcraft.jsch.JSchException;
import dev.offsite.io.Activity;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.job.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.util.ObjectHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PlacesTest {

    private static final Target ME = target("me");

    @SuppressWarnings("StaticAssignmentOfThrowable") // never thrown
    private static final SshException CLOSED = failure(SshException.Reason.NOT_SSH);

    @TempDir
    private Path state;

    private final Places places = new Places("server:22", KnownPlaces.none(), Optional.empty());

    private static Target target(String user) {
        return new Target(
                "server",
                22,
                user,
                Path.of("key"),
                null,
                null,
                Path.of("known_hosts"),
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP,
                Way.PLAIN);
    }

    private static SshException failure(SshException.Reason reason) {
        return new SshException(reason, "failed", null);
    }

    private AtomicBoolean logIn(Target login) throws SshException {
        AtomicBoolean open = new AtomicBoolean(true);
        try (Places.Turn turn = places.turn(false)) {
            turn.opened(login, open::get);
        }
        return open;
    }

    @Test
    void theFirstRefusalIsWhatItIs() {
        assertThat(places.refused(ME, CLOSED)).isSameAs(CLOSED);
        assertThat(places.isLimited()).isFalse();
    }

    @Test
    void aRefusalBesideOthersIsALimit() throws Exception {
        AtomicBoolean one = logIn(ME);
        logIn(ME);
        assertThat(places.refused(ME, CLOSED).reason()).isEqualTo(SshException.Reason.NO_PLACE);
        assertThat(places.limit()).isEqualTo(2);
        assertThat(places.free()).isZero();
        assertThatThrownBy(() -> places.turn(true))
                .isInstanceOfSatisfying(
                        SshException.class, e -> assertThat(e.reason()).isEqualTo(SshException.Reason.NO_PLACE));
        one.set(false);
        assertThat(places.free()).isEqualTo(1);
        logIn(ME);
    }

    /** Whatever the server says while it may still count that one. */
    @Test
    void aRefusalJustAfterOneWasClosedIsNoSmallerLimit() throws Exception {
        AtomicBoolean one = logIn(ME);
        logIn(ME);
        places.refused(ME, CLOSED);
        one.set(false);

        assertThat(places.refused(ME, CLOSED).reason()).isEqualTo(SshException.Reason.NO_PLACE);
        assertThat(places.limit()).isEqualTo(2);
        assertThat(places.isFree()).as("not at once").isFalse();
        await().atMost(Duration.ofSeconds(5)).until(places::isFree);
    }

    /** Else a server that takes one would seem to be down. */
    @Test
    void aRefusalJustAfterTheOnlyOneWasClosedIsWaitedFor() throws Exception {
        AtomicBoolean one = logIn(ME);
        places.refused(ME, CLOSED);
        one.set(false);

        assertThat(places.refused(ME, CLOSED).reason()).isEqualTo(SshException.Reason.NO_PLACE);
        await().atMost(Duration.ofSeconds(5)).until(places::isFree);
        SshException refused = failure(SshException.Reason.LOGIN_REFUSED);
        assertThat(places.refused(ME, refused)).isSameAs(refused);
    }

    /** Camel's helper looks from the deepest cause up. */
    @Test
    void theLimitIsWhatIsFoundInAWrappedRefusal() throws Exception {
        logIn(ME);
        SshException refused =
                places.refused(ME, SshException.of(new JSchException("connection is closed by foreign host")));
        for (Throwable shown : new Throwable[] {
            refused, new GenericFileOperationFailedException("Cannot connect", refused), new IOException(refused)
        }) {
            assertThat(ObjectHelper.getException(SshException.class, shown)).isSameAs(refused);
        }
        assertThat(refused.reason()).isEqualTo(SshException.Reason.NO_PLACE);
    }

    @Test
    void whatNeverWorkedIsNoLimit() throws Exception {
        logIn(ME);
        for (SshException.Reason reason : new SshException.Reason[] {
            SshException.Reason.HOST_KEY, SshException.Reason.NAME_UNKNOWN, SshException.Reason.BAD_KEY
        }) {
            assertThat(places.refused(ME, failure(reason)).reason()).isEqualTo(reason);
        }
        SshException another = failure(SshException.Reason.LOGIN_REFUSED);
        assertThat(places.refused(target("another"), another)).isSameAs(another);
        assertThat(places.isLimited()).isFalse();
        assertThat(places.refused(ME, another).reason()).isEqualTo(SshException.Reason.NO_PLACE);
    }

    @Test
    void whoNeedsAPlaceGetsThatOfAnIdleConnection() throws Exception {
        AtomicBoolean idle = logIn(ME);
        places.refused(ME, CLOSED);
        places.addIdle(() -> idle.compareAndSet(true, false));
        assertThatThrownBy(() -> places.turn(false)).isInstanceOf(SshException.class);
        places.turn(new Activity()).close();
        assertThat(idle).isFalse();
    }

    @Test
    void whoWaitsForAPlaceIsKnownAndServed() throws Exception {
        AtomicBoolean busy = logIn(ME);
        places.refused(ME, CLOSED);
        CompletableFuture<Places.Turn> waiting = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                waiting.complete(places.turn(new Activity()));
            } catch (Exception e) {
                waiting.completeExceptionally(e);
            }
        });
        thread.start();
        await().until(places::isWanted);
        assertThat(waiting).isNotDone();
        busy.set(false);
        places.changed();
        waiting.get(10, TimeUnit.SECONDS).close();
        assertThat(places.isWanted()).isFalse();
    }

    @Test
    void oneLogsInAfterTheOther() throws Exception {
        Places.Turn first = places.turn(false);
        CompletableFuture<Places.Turn> second = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        second.complete(places.turn(false));
                    } catch (Exception e) {
                        second.completeExceptionally(e);
                    }
                })
                .start();
        assertThat(second).isNotDone();
        first.opened(ME, () -> true);
        first.close();
        second.get(10, TimeUnit.SECONDS).close();
    }

    @Test
    void aLoginIsRepeatedAFewTimesAfterOneThatWorked() throws Exception {
        assertThat(places.patience().mayTryAgain()).isFalse();
        logIn(ME);
        for (int i = 0; i < 3; i++) {
            assertThat(places.patience().mayTryAgain()).isTrue();
        }
        assertThat(places.patience().mayTryAgain()).isFalse();
        logIn(ME);
        assertThat(places.patience().mayTryAgain()).isTrue();
    }

    @Test
    void aLimitIsRememberedOnceSomethingHasWorkedWithIt() throws Exception {
        KnownPlaces memory = KnownPlaces.in(state.toString(), Clock.systemUTC());
        Places first = new Places("server:22", memory, Optional.empty());
        try (Places.Turn turn = first.turn(false)) {
            turn.opened(ME, () -> true);
        }
        first.refused(ME, CLOSED);
        assertThat(memory.of("server:22")).isEmpty();
        first.works();
        assertThat(new Places("server:22", memory, Optional.empty()).limit()).isEqualTo(1);
        assertThat(new Places("other:22", memory, Optional.empty()).isLimited()).isFalse();
    }

    @Test
    void itIsForgottenAfterADay() {
        Clock now = Clock.systemUTC();
        KnownPlaces.in(state.toString(), Clock.offset(now, Duration.ofHours(-25)))
                .remember("old:22", 2);
        KnownPlaces.in(state.toString(), Clock.offset(now, Duration.ofHours(25)))
                .remember("future:22", 2);
        KnownPlaces memory = KnownPlaces.in(state.toString(), now);
        memory.remember("new:22", 3);
        memory.remember("new:22", 4);
        assertThat(memory.of("old:22")).isEmpty();
        assertThat(memory.of("future:22")).isEmpty();
        assertThat(memory.of("new:22")).hasValue(4);
        assertThat(state.resolve("connections.known")).content().hasLineCount(1);
    }
}
