package dev.offsite.scrub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.io.ByteProgress;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.JobEvent;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.support.Bench;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies are hashed again: what is not as it was is named, holds pruning back, and is shipped again where it can be. */
@Timeout(120)
class ScrubberIT {

    private static final String TODAY = DatedFolder.BASIC.name(Bench.TODAY);

    private final AtomicReference<BiConsumer<String, Path>> beforeHash = new AtomicReference<>((command, root) -> {});

    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void make() throws IOException {
        bench = new Bench(folder, (command, root) -> beforeHash.get().accept(command, root));
    }

    @AfterEach
    void stop() throws IOException {
        bench.close();
    }

    /** Ships files whose content is their name, and forgets what is here: they cannot be shipped again. */
    private void onlyThere(String... names) throws Exception {
        shipped(names);
        for (String name : names) {
            Files.delete(bench.source().resolve(name));
        }
    }

    private void shipped(String... names) throws Exception {
        if (bench.context() == null || !bench.context().isStarted()) {
            bench.start();
        }
        for (String name : names) {
            bench.backup(name, name.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(bench.run().failed()).isEmpty();
    }

    private Path there(String name) {
        return bench.root().resolve(TODAY).resolve(name);
    }

    private ScrubResult scrub() {
        return bench.bean(Scrubber.class).run("db", false);
    }

    @Test
    void itSaysHowFarItIs() throws Exception {
        shipped("one", "three");
        List<String> heard = new ArrayList<>();
        ByteProgress progress = new ByteProgress() {
            @Override
            public void total(long bytes) {
                heard.add("of " + bytes);
            }

            @Override
            public void accept(long bytes) {
                heard.add(String.valueOf(bytes));
            }
        };

        bench.bean(Scrubber.class).run("db", true, progress);

        assertThat(heard.get(0)).isEqualTo("of 8");
        assertThat(heard.stream().skip(1).mapToInt(Integer::parseInt).sum()).isEqualTo(8);
    }

    /** Why nothing is pruned. */
    private List<String> hold() {
        return bench.bean(KnownTrouble.class).damage(bench.job());
    }

    private List<String> debts() {
        return bench.bean(KnownTrouble.class).debts().of(bench.job()).stream()
                .map(debt -> debt.copy().loss().word() + " " + debt.path())
                .toList();
    }

    private static List<String> said(ScrubResult result) {
        return result.findings().stream()
                .map(finding -> finding.kind().word() + " " + finding.path() + (finding.healed() ? " healed" : ""))
                .toList();
    }

    private static void flip(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        FileTime modified = Files.getLastModifiedTime(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
        // As a disk does it: nothing else tells.
        Files.setLastModifiedTime(file, modified);
    }

    private void clock(Instant now) {
        bench.context().getRegistry().bind("clock", Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void whatIsAsItWasIsVerifiedAnew() throws Exception {
        shipped("a", "sub/b", "it's $(b)\n");
        Instant later = Bench.TODAY.atTime(13, 0).toInstant(ZoneOffset.UTC);
        clock(later);

        ScrubResult result = scrub();

        assertThat(result.clean()).isTrue();
        assertThat(result.checked()).isEqualTo(3);
        assertThat(result.bytes()).isEqualTo("asub/bit's $(b)\n".length());
        assertThat(result.left()).isZero();
        assertThat(bench.bean(VerificationLog.class).of(bench.job(), TODAY).values())
                .hasSize(3)
                .allSatisfy(entry -> {
                    assertThat(entry.at()).isEqualTo(later);
                    assertThat(entry.verification()).contains(VerificationMethod.HASH);
                });
        assertThat(hold()).isEmpty();
    }

    @Test
    void oneFlippedBitIsFoundAHundredTimesOfAHundred() throws Exception {
        String[] names = new String[30];
        for (int i = 0; i < names.length; i++) {
            names[i] = "dump " + i;
        }
        onlyThere(names);
        Random random = new Random(4);
        for (int round = 0; round < 10; round++) {
            List<String> flipped = new ArrayList<>(List.of(names));
            java.util.Collections.shuffle(flipped, random);
            flipped = flipped.subList(0, 10);
            for (String name : flipped) {
                flip(there(name), random);
            }

            assertThat(said(scrub()))
                    .as("round %d", round)
                    .containsExactlyInAnyOrderElementsOf(flipped.stream()
                            .map(name -> "changed %s/%s".formatted(TODAY, name))
                            .toList());
            assertThat(hold()).isNotEmpty();
            for (String name : flipped) {
                Files.writeString(there(name), name);
            }
        }
        assertThat(scrub().clean()).isTrue();
        assertThat(hold()).as("nothing is damaged any more").isEmpty();
    }

    @Test
    void missingAndExtraFilesAreNamed() throws Exception {
        onlyThere("gone", "sub/gone", "kept", "link");
        Files.delete(there("gone"));
        Files.delete(there("sub/gone"));
        Files.delete(there("link"));
        Files.createSymbolicLink(there("link"), there("kept"));
        Files.writeString(there("sub/extra\n"), "who put it here?");
        Files.createSymbolicLink(there("sub/to elsewhere"), folder);
        Files.writeString(there(TemporaryName.of("kept")), "on its way");

        ScrubResult result = scrub();

        assertThat(said(result))
                .containsExactlyInAnyOrder(
                        "missing " + TODAY + "/gone",
                        "missing " + TODAY + "/sub/gone",
                        "missing " + TODAY + "/link",
                        "extra " + TODAY + "/sub/extra\n",
                        "extra " + TODAY + "/sub/to elsewhere");
        assertThat(hold()).isNotEmpty();
    }

    @Test
    void anExtraFileHoldsNothingBack() throws Exception {
        shipped("kept");
        Files.writeString(there("extra"), "");

        assertThat(said(scrub())).containsExactly("extra " + TODAY + "/extra");

        assertThat(hold()).isEmpty();
    }

    @Test
    void whatIsStillHereIsShippedAgainToWhereItWas() throws Exception {
        bench.set("camel.routeTemplate[db].after", "move")
                .set("camel.routeTemplate[db].move-to", folder.resolve("moved").toString());
        shipped("moved", "sub/moved", "source");
        Files.move(folder.resolve("moved/source"), bench.source().resolve("source"));
        String manifest = Files.readString(there(Manifest.NAME));
        clock(Bench.TODAY.plusDays(3).atTime(1, 0).toInstant(ZoneOffset.UTC));
        Files.writeString(there("moved"), "mOved");
        Files.delete(there("sub/moved"));
        Files.delete(there("sub"));
        Files.writeString(there("source"), "");

        ScrubResult result = scrub();

        assertThat(said(result))
                .containsExactlyInAnyOrder(
                        "changed " + TODAY + "/moved healed",
                        "changed " + TODAY + "/source healed",
                        "missing " + TODAY + "/sub/moved healed");
        assertThat(result.clean()).as("something was wrong").isFalse();
        assertThat(there("moved")).hasContent("moved");
        assertThat(there("sub/moved")).hasContent("sub/moved");
        assertThat(there("source")).hasContent("source");
        assertThat(there(Manifest.NAME)).hasContent(manifest);
        assertThat(bench.root())
                .isDirectoryNotContaining(path -> !path.endsWith(TODAY) && !path.endsWith(".offsite-owner"));
        assertThat(hold()).isEmpty();
        assertThat(scrub().clean()).isTrue();
    }

    @Test
    void aFileThatHasChangedSinceIsNotUsed() throws Exception {
        shipped("a");
        bench.backup("a", "b".getBytes(StandardCharsets.UTF_8));
        Files.writeString(there("a"), "c");

        assertThat(said(scrub())).containsExactly("changed " + TODAY + "/a");

        assertThat(there("a")).hasContent("c");
        assertThat(hold()).isNotEmpty();
    }

    @Test
    void pruningIsHeldBackUntilAllThatWasDamagedIsWellAgain() throws Exception {
        bench.set("offsite.scrub.budget", "1K");
        onlyThere("a", "b".repeat(200));
        Files.writeString(there("a"), "A");
        Files.delete(there("b".repeat(200)));
        assertThat(scrub().findings()).hasSize(2);

        Files.writeString(there("a"), "a");
        assertThat(said(scrub())).containsExactly("missing %s/%s".formatted(TODAY, "b".repeat(200)));
        assertThat(hold()).isNotEmpty();

        // The absence of its line says nothing, a person's word does.
        Manifest manifest = Manifest.parse(Files.readString(there(Manifest.NAME)));
        Files.writeString(
                there(Manifest.NAME), manifest.without(List.of("b".repeat(200))).format());
        assertThat(said(scrub())).containsExactly("missing %s/%s".formatted(TODAY, "b".repeat(200)));
        assertThat(hold()).isNotEmpty();
        giveUp();
        assertThat(hold()).isEmpty();
        assertThat(scrub().clean()).isTrue();
        assertThat(hold()).isEmpty();
    }

    private void giveUp() {
        bench.bean(KnownTrouble.class).debts().giveUp(bench.job(), debt -> true, Bench.NOW);
    }

    @Test
    void whatIsGivenUpIsListedNoMoreAndReportedNoMore() throws Exception {
        onlyThere("gone", "changed", "kept");
        Files.delete(there("gone"));
        Files.writeString(there("changed"), "Changed");
        assertThat(scrub().findings()).hasSize(2);

        giveUp();

        assertThat(scrub().clean()).isTrue();
        assertThat(Manifest.parse(Files.readString(there(Manifest.NAME))).names())
                .containsExactly("kept");
        assertThat(there("changed")).as("nobody else's to delete").hasContent("Changed");
        assertThat(scrub().clean()).isTrue();
        assertThat(debts()).isEmpty();
        // It may be shipped again some day, and is owed again if that is lost.
        shipped("gone");
        assertThat(scrub().clean()).isTrue();
        Files.delete(bench.source().resolve("gone"));
        Files.delete(there("gone"));
        assertThat(said(scrub())).containsExactly("missing " + TODAY + "/gone");
    }

    /** Invariant 8. Cut in the worst moment: the survivors are listed again, and the list no longer tells what is missing. */
    @Test
    void whatIsMissingIsOwedBeforeTheListIsMadeAnew() throws Exception {
        onlyThere("a", "lost", "sub/c");
        Files.delete(there("lost"));
        Files.delete(there(Manifest.NAME));
        AtomicReference<List<String>> owed = new AtomicReference<>(List.of());
        beforeHash.set((command, root) -> owed.set(debts()));

        assertThat(said(scrub())).containsExactly("missing " + TODAY + "/lost", "unlisted " + TODAY + " healed");

        assertThat(owed.get())
                .as("before anything was repaired")
                .containsExactlyInAnyOrder(
                        "unlisted " + TODAY + "/a", "missing " + TODAY + "/lost", "unlisted " + TODAY + "/sub/c");
        assertThat(Manifest.parse(Files.readString(there(Manifest.NAME))).names())
                .containsExactly("a", "sub/c");
        for (int i = 0; i < 2; i++) {
            assertThat(said(scrub())).containsExactly("missing " + TODAY + "/lost");
            assertThat(debts()).containsExactly("missing " + TODAY + "/lost");
            assertThat(hold()).singleElement().asString().contains("1 copy is missing", TODAY + "/lost missing since");
        }
    }

    /** Cut after the debts were recorded: the next one repairs, and a ship of the same bytes pays as well. */
    @Test
    void aDebtIsPaidByAShipOfTheSameBytes() throws Exception {
        onlyThere("a", "b");
        Files.delete(there("a"));
        Files.delete(there("b"));
        scrub();
        assertThat(debts()).containsExactly("missing " + TODAY + "/a", "missing " + TODAY + "/b");

        shipped("a");

        assertThat(debts()).containsExactly("missing " + TODAY + "/b");
        Files.writeString(there("b"), "b");
        assertThat(scrub().clean()).isTrue();
        assertThat(debts()).isEmpty();
        assertThat(hold()).isEmpty();
    }

    /** Another machine, or a person, dropped the lines: a run notices before it writes. */
    @Test
    void aShipNoticesWhatTheListHasLost() throws Exception {
        onlyThere("a", "b");
        Files.writeString(there(Manifest.NAME), "");

        shipped("c");

        assertThat(debts()).containsExactly("unlisted " + TODAY + "/a", "unlisted " + TODAY + "/b");
        assertThat(said(scrub())).containsExactly("unlisted " + TODAY + "/a healed", "unlisted " + TODAY + "/b healed");
        assertThat(debts()).isEmpty();
    }

    @Test
    void aShipNoticesThatTheRootIsGoneAndTheNextScrubNamesTheRest() throws Exception {
        onlyThere("a");
        clock(Bench.TODAY.plusDays(1).atTime(1, 0).toInstant(ZoneOffset.UTC));
        onlyThere("b");
        Files.move(bench.root(), folder.resolve("stolen"));
        assertThat(scrub().problem().message()).contains("is its disk mounted there?");
        assertThat(hold()).singleElement().asString().contains("is its disk mounted there?");

        clock(Bench.TODAY.plusDays(2).atTime(1, 0).toInstant(ZoneOffset.UTC));
        shipped("c");

        assertThat(debts()).containsExactly("missing 20260201/b");
        assertThat(said(scrub())).containsExactly("missing " + TODAY, "missing 20260201");
        assertThat(debts()).containsExactly("missing " + TODAY + "/a", "missing 20260201/b");
    }

    @Test
    void aFolderThatAnotherMachinePrunedIsNoDebtWhenItLeavesTheTrash() throws Exception {
        shipped("a");
        clock(Bench.TODAY.plusDays(1).atTime(1, 0).toInstant(ZoneOffset.UTC));
        shipped("b");
        Path trash = Files.createDirectories(bench.root().resolve(".trash"));
        Files.move(bench.root().resolve(TODAY), trash.resolve(TODAY + ".2"));
        Files.writeString(trash.resolve(".since-" + TODAY + ".2"), Bench.NOW.plusSeconds(60) + "\n");
        assertThat(scrub().clean()).isTrue();
        Files.move(trash.resolve(TODAY + ".2"), folder.resolve("purged"));

        assertThat(scrub().clean()).isTrue();
    }

    /** An older folder of that day lies there: it is not the one that is gone. */
    @Test
    void aFolderThatIsGoneSinceAnotherOfThatDayWasPrunedIsOwed() throws Exception {
        shipped("a");
        clock(Bench.TODAY.plusDays(1).atTime(1, 0).toInstant(ZoneOffset.UTC));
        onlyThere("b");
        Path trash = Files.createDirectories(bench.root().resolve(".trash"));
        Files.move(bench.root().resolve(TODAY), folder.resolve("stolen"));
        Files.createDirectories(trash.resolve(TODAY));
        Files.writeString(trash.resolve(".since-" + TODAY), Bench.NOW.minusSeconds(60) + "\n");
        Files.delete(bench.source().resolve("a"));

        assertThat(said(scrub())).containsExactly("missing " + TODAY);
        assertThat(debts()).containsExactly("missing " + TODAY + "/a");
    }

    @Test
    void aRootThatWasNeverThereIsNoCleanScrub() throws Exception {
        bench.start();

        assertThat(scrub().problem().message()).contains("there is no folder " + Bench.ROOT);
        Files.createDirectories(bench.root());
        assertThat(scrub().clean()).isTrue();
    }

    @Test
    void aBudgetIsSpentOnTheLongestNotVerified() throws Exception {
        bench.set("offsite.scrub.budget", "1K");
        bench.start();
        for (String name : List.of("a", "b", "c")) {
            bench.backup(name, new byte[600]);
        }
        assertThat(bench.run().failed()).isEmpty();
        Instant start = Bench.TODAY.atTime(13, 0).toInstant(ZoneOffset.UTC);
        for (int day = 0; day < 4; day++) {
            Instant now = start.plus(Duration.ofDays(day));
            clock(now);

            ScrubResult result = scrub();

            assertThat(result.checked()).isEqualTo(1);
            assertThat(result.left()).isEqualTo(2);
            assertThat(bench.bean(VerificationLog.class)
                            .of(bench.job(), TODAY)
                            .get(List.of("a", "b", "c", "a").get(day))
                            .at())
                    .isEqualTo(now);
        }
        assertThat(bench.bean(Scrubber.class).run("db", true).checked()).isEqualTo(3);
    }

    @Test
    void withABudgetOfNothingListingsAloneAreLookedAt() throws Exception {
        bench.set("offsite.scrub.budget", "0");
        onlyThere("a", "b");
        Files.writeString(there("a"), "A");
        Files.delete(there("b"));

        ScrubResult result = scrub();

        assertThat(said(result)).containsExactly("missing " + TODAY + "/b");
        assertThat(result.left()).isEqualTo(1);
    }

    @Test
    void aManifestThatIsDamagedOrGoneIsNamedAndHoldsPruningBack() throws Exception {
        shipped("a");
        Path yesterday = Files.createDirectories(bench.root().resolve("20260130"));
        Files.writeString(yesterday.resolve(Manifest.NAME), "garbled\n");
        Path foreign = Files.createDirectories(bench.root().resolve("20260129"));
        Files.writeString(foreign.resolve("file"), "of somebody else");
        Files.createDirectories(bench.root().resolve("20260128"));

        ScrubResult result = scrub();

        assertThat(said(result)).containsExactly("extra 20260129", "unlisted 20260130");
        assertThat(result.checked()).as("of the other folder").isEqualTo(1);
        assertThat(hold()).isNotEmpty();

        Files.delete(yesterday.resolve(Manifest.NAME));
        Files.delete(foreign.resolve("file"));
        assertThat(scrub().clean()).isTrue();
        assertThat(hold()).isEmpty();

        // This one was ours.
        Files.writeString(there(Manifest.NAME), "garbled\n");
        assertThat(said(scrub())).containsExactly("unlisted " + TODAY);
        assertThat(hold()).isNotEmpty();
        assertThat(there(Manifest.NAME)).as("a person's to put right").hasContent("garbled");
    }

    @Test
    void whatWasVerifiedIsListedAgainWhenTheListIsGoneOrHasLostIt() throws Exception {
        onlyThere("a", "b", "sub/c");
        String manifest = Files.readString(there(Manifest.NAME));
        Files.delete(there(Manifest.NAME));

        assertThat(said(scrub())).containsExactly("unlisted " + TODAY + " healed");
        assertThat(there(Manifest.NAME)).hasContent(manifest);
        assertThat(hold()).isEmpty();

        Files.writeString(there(Manifest.NAME), "");
        Files.writeString(there("b"), "B");

        assertThat(said(scrub()))
                .containsExactlyInAnyOrder(
                        "unlisted " + TODAY + "/a healed",
                        "unlisted " + TODAY + "/b",
                        "unlisted " + TODAY + "/sub/c healed");
        assertThat(Manifest.parse(Files.readString(there(Manifest.NAME))).names())
                .containsExactly("a", "sub/c");
        assertThat(hold()).isNotEmpty();

        Files.delete(there("b"));
        assertThat(said(scrub())).containsExactly("missing " + TODAY + "/b");
        assertThat(hold()).isNotEmpty();
    }

    @Test
    void aFolderThatIsGoneAndNotHereAnyMoreIsOwedUntilItIsGivenUp() throws Exception {
        onlyThere("a");
        clock(Bench.TODAY.plusDays(1).atTime(1, 0).toInstant(ZoneOffset.UTC));
        shipped("b");
        Files.move(bench.root().resolve(TODAY), folder.resolve("stolen"));

        for (int i = 0; i < 2; i++) {
            assertThat(said(scrub())).containsExactly("missing " + TODAY);
            assertThat(hold()).isNotEmpty();
        }
        giveUp();
        assertThat(scrub().clean()).isTrue();
        assertThat(hold()).isEmpty();
    }

    @Test
    void aFolderThatIsGoneIsShippedAgainAsFarAsItIsHere() throws Exception {
        shipped("a", "sub/c");
        clock(Bench.TODAY.plusDays(1).atTime(1, 0).toInstant(ZoneOffset.UTC));
        shipped("b");
        String manifest = Files.readString(there(Manifest.NAME));
        Files.move(bench.root().resolve(TODAY), folder.resolve("stolen"));

        assertThat(said(scrub())).containsExactly("missing " + TODAY + " healed");

        assertThat(there("sub/c")).hasContent("sub/c");
        assertThat(there(Manifest.NAME)).hasContent(manifest);
        assertThat(hold()).isEmpty();
        assertThat(scrub().clean()).isTrue();
    }

    @Test
    void aFolderInTheTrashIsNotGone() throws Exception {
        shipped("a");
        clock(Bench.TODAY.plusDays(1).atTime(1, 0).toInstant(ZoneOffset.UTC));
        shipped("b");
        Files.createDirectories(bench.root().resolve(".trash"));
        Files.move(bench.root().resolve(TODAY), bench.root().resolve(".trash").resolve(TODAY));

        assertThat(scrub().clean()).isTrue();
    }

    @Test
    void aDiskThatIsNotMountedIsNoCleanScrub() throws Exception {
        shipped("a");
        Files.move(bench.root(), folder.resolve("unmounted"));
        Files.createDirectories(bench.root());

        ScrubResult result = scrub();

        assertThat(result.problem().message()).contains("is its disk mounted there?");
        Files.delete(bench.root());
        Files.move(folder.resolve("unmounted"), bench.root());
        assertThat(scrub().clean()).isTrue();
    }

    @Test
    void aServerThatIsNotThereDamagesNothing() throws Exception {
        shipped("a");
        // An idle one that does not know yet would be lost, which is no fault of the target's.
        bench.bean(TargetConnections.class).to(bench.job()).sessions().close();
        bench.server().close();

        ScrubResult result = scrub();

        assertThat(result.problem().target()).isTrue();
        assertThat(result.findings()).isEmpty();
        assertThat(hold()).isEmpty();
        assertThat(bench.bean(VerificationLog.class)
                        .of(bench.job(), TODAY)
                        .get("a")
                        .verification())
                .isPresent();
    }

    @Test
    void whatIsReplacedWhileItIsHashedIsNotDamaged() throws Exception {
        onlyThere("a", "pruned");
        beforeHash.set((command, root) -> {
            try {
                Manifest manifest = Manifest.parse(Files.readString(there(Manifest.NAME)));
                Files.writeString(there("a"), "another");
                Files.deleteIfExists(there("pruned"));
                Files.writeString(
                        there(Manifest.NAME),
                        manifest.without(List.of("a", "pruned")).format());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThat(scrub().findings()).isEmpty();
        assertThat(hold()).isEmpty();
    }

    @Test
    void listenersHearOfWhatIsDamaged() throws Exception {
        Queue<JobEvent> heard = new ConcurrentLinkedQueue<>();
        bench.routes(new RouteBuilder() {
            @Override
            public void configure() {
                from("offsite:events?types=damaged,repaired")
                        .process(exchange -> heard.add(exchange.getMessage().getBody(JobEvent.class)));
            }
        });
        onlyThere("a", "b");
        ask();
        Files.writeString(there("a"), "A");

        ScrubResult result = ask();

        assertThat(result.findings()).extracting(Finding::kind).containsExactly(Kind.CHANGED);
        await().until(() -> !heard.isEmpty());
        assertThat(heard).singleElement().isInstanceOfSatisfying(JobEvent.Damaged.class, event -> {
            assertThat(event.job()).isEqualTo("db");
            assertThat(event.copies()).singleElement().asString().startsWith("changed 20260131/a: ");
        });
    }

    @Test
    void aServerThatCannotBeReachedIsNoDamage() throws Exception {
        Queue<JobEvent> heard = new ConcurrentLinkedQueue<>();
        bench.routes(new RouteBuilder() {
            @Override
            public void configure() {
                from("offsite:events")
                        .process(exchange -> heard.add(exchange.getMessage().getBody(JobEvent.class)));
            }
        });
        bench.start();
        bench.server().close();

        assertThat(ask().problem()).isNotNull();

        await().until(() -> !heard.isEmpty());
        assertThat(heard).singleElement().isInstanceOfSatisfying(JobEvent.Failed.class, event -> assertThat(
                        event.reason())
                .startsWith("scrub: ")
                .contains("cannot be reached"));
    }

    private ScrubResult ask() throws IOException {
        try (ProducerTemplate producer = bench.context().createProducerTemplate()) {
            return producer.requestBody("offsite:scrub?job=db", null, ScrubResult.class);
        }
    }
}
