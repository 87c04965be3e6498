package dev.offsite.component;

import static org.apache.camel.builder.Builder.body;
import static org.apache.camel.builder.Builder.constant;
import static org.apache.camel.builder.Builder.simple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.job.DatedFolder;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.prune.Pruner;
import dev.offsite.sftp.TargetException;
import dev.offsite.ship.ShipCompletion;
import dev.offsite.ship.ShipResult;
import dev.offsite.source.SourceScan;
import dev.offsite.support.Bench;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What routes of other people can send to and hear of: the stable interface of docs/embedding.md. */
@Timeout(120)
class PutRouteIT {

    private static final String PUT = "offsite:put";
    private static final String SHA256_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    private Path folder;

    /** A file outside the job's source. */
    private Path foreign(String name, String content) throws IOException {
        Path file = folder.resolve("elsewhere").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static Exchange put(Bench bench, Object body, Map<String, Object> headers) {
        return send(bench, PUT, body, headers);
    }

    private static Exchange send(Bench bench, String to, Object body, Map<String, Object> headers) {
        try (ProducerTemplate producer = bench.context().createProducerTemplate()) {
            return producer.request(to, exchange -> {
                exchange.getMessage().setBody(body);
                exchange.getMessage().setHeaders(new java.util.HashMap<>(headers));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path today(Bench bench) {
        return bench.root().resolve(DatedFolder.BASIC.name(Bench.TODAY));
    }

    private static List<String> listed(Bench bench) throws IOException {
        return List.copyOf(Manifest.parse(Files.readString(today(bench).resolve(Manifest.NAME)))
                .names());
    }

    private static List<Path> parts(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> TemporaryName.matches(file.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RouteBuilder route(String from, java.util.function.Consumer<RouteDefinition> steps) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                steps.accept(from(from));
            }
        };
    }

    @Test
    void putsAFileAndTellsWhatBecameOfIt() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            Path file = foreign("some dump", "hello");

            Exchange done = put(bench, file, Map.of("CamelOffsiteJob", "db", "mine", "stays"));

            assertThat(done.getException()).isNull();
            assertThat(done.getMessage().getBody()).isSameAs(file);
            assertThat(done.getMessage().getHeaders())
                    .containsOnly(
                            Map.entry("CamelOffsiteJob", "db"),
                            Map.entry("mine", "stays"),
                            Map.entry("CamelOffsitePath", Bench.ROOT + "/20260131/some dump"),
                            Map.entry("CamelOffsiteSha256", SHA256_OF_HELLO),
                            Map.entry("CamelOffsiteSize", 5L),
                            Map.entry("CamelOffsiteVerification", "hash"));
            assertThat(today(bench).resolve("some dump")).hasContent("hello");
            assertThat(listed(bench)).containsExactly("some dump");
            assertThat(parts(bench.root())).isEmpty();
        }
    }

    @Test
    void takesAFileAPathOrItsNameAndPutsItUnderTheNameThatIsAskedFor() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            Path file = foreign("dump", "hello");

            for (Object body : List.of(file, file.toFile(), file.toString())) {
                String name = "by/" + body.getClass().getSimpleName() + "/dump";
                Exchange done = put(bench, body, Map.of("CamelOffsiteJob", "db", "CamelOffsiteName", name));
                assertThat(done.getException()).isNull();
                assertThat(done.getMessage().getBody()).isSameAs(body);
                assertThat(done.getMessage().getHeader("CamelOffsitePath")).isEqualTo(Bench.ROOT + "/20260131/" + name);
            }

            assertThat(listed(bench))
                    .hasSize(3)
                    .allMatch(name -> name.startsWith("by/"))
                    .contains("by/String/dump");
        }
    }

    /** The body of a route from file: is Camel's own kind of file. */
    @Test
    void takesWhatAFileConsumerOfAnotherRouteHands() throws Exception {
        Queue<Exchange> done = new ConcurrentLinkedQueue<>();
        foreign("one", "1");
        foreign("two", "2");
        try (Bench bench = new Bench(folder)
                .routes(route(
                        "file:" + folder.resolve("elsewhere") + "?move=done&initialDelay=0",
                        route -> route.setHeader("CamelOffsiteJob", constant("db"))
                                .to(PUT)
                                .process(done::add)))
                .start()) {
            await().until(() -> Files.exists(folder.resolve("elsewhere/done/one"))
                    && Files.exists(folder.resolve("elsewhere/done/two")));

            assertThat(done).hasSize(2).allSatisfy(exchange -> assertThat(
                            exchange.getMessage().getHeader("CamelFileName"))
                    .isIn("one", "two"));
            assertThat(listed(bench)).containsExactlyInAnyOrder("one", "two");
        }
    }

    @Test
    void refusesWhatDoesNotSayWhichFileGoesWhere() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            Path file = foreign("dump", "hello");

            assertThat(put(bench, file, Map.of()).getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("CamelOffsiteJob");
            assertThat(put(bench, file, Map.of("CamelOffsiteJob", "bd")).getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'bd'")
                    .hasMessageContaining("[db]");
            assertThat(put(bench, file, Map.of("CamelOffsiteJob", "offsite-put"))
                            .getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'offsite-put'");
            for (Object body : List.of(
                    file.resolveSibling("missing"),
                    file.resolveSibling("missing").toString(),
                    folder,
                    "a\nb",
                    1)) {
                assertThat(put(bench, body, Map.of("CamelOffsiteJob", "db")).getException())
                        .as("%s", body)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("the body must be a regular file");
            }
            assertThat(put(bench, null, Map.of("CamelOffsiteJob", "db")).getException())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(bench.server().logins()).isZero();
        }
    }

    /** Invariant 5. */
    @Test
    void refusesANameThatIsNotBelowTheDatedFolder() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            Path file = foreign("dump", "hello");
            for (String name :
                    List.of("../dump", "a/../../dump", "..", ".", "", "/dump", "a//b", "a/", "./a", "a\u0000b")) {
                Exchange done = put(bench, file, Map.of("CamelOffsiteJob", "db", "CamelOffsiteName", name));

                assertThat(done.getException()).as(name).isInstanceOf(IllegalArgumentException.class);
                assertThat(done.getMessage().getHeaders()).doesNotContainKey("CamelOffsitePath");
            }
            assertThat(bench.server().logins()).isZero();

            assertThat(put(bench, file, Map.of("CamelOffsiteJob", "db", "CamelOffsiteName", "SHA256SUMS"))
                            .getException())
                    .hasMessageContaining("Offsite uses it itself");
            assertThat(bench.server().logins()).isZero();
        }
    }

    /** Invariant 1. */
    @Test
    void aFailedVerificationIsTheCallersExceptionAndNothingStaysThere() throws Exception {
        AtomicBoolean spoil = new AtomicBoolean();
        BiConsumer<String, Path> server = (command, root) -> {
            if (spoil.get()) {
                parts(root).forEach(part -> write(part, "other"));
            }
        };
        try (Bench bench = new Bench(folder, server).start()) {
            Path file = foreign("dump", "hello");
            assertThat(put(bench, file, Map.of("CamelOffsiteJob", "db")).getException())
                    .isNull();
            spoil.set(true);
            Files.writeString(file, "world");

            Exchange done = put(bench, file, Map.of("CamelOffsiteJob", "db", "CamelOffsitePath", "of a file before"));

            assertThat(done.getException())
                    .isInstanceOf(VerificationException.class)
                    .hasMessageContaining("the copy differs");
            assertThat(done.getMessage().getBody()).isSameAs(file);
            assertThat(done.getMessage().getHeaders()).containsOnlyKeys("CamelOffsiteJob");
            assertThat(parts(bench.root())).isEmpty();
            assertThat(today(bench).resolve("dump")).hasContent("hello");
            assertThat(bench.bean(JobStatus.class).last(bench.job())).isEqualTo(JobStatus.State.NONE);
        }
    }

    @Test
    void aTargetThatCannotBeReachedIsTheCallersException() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.port", "1").start()) {
            Exchange done = put(bench, foreign("dump", "hello"), Map.of("CamelOffsiteJob", "db"));

            assertThat(done.getException())
                    .isInstanceOf(TargetException.class)
                    .hasMessageContaining("cannot be reached");
        }
    }

    @Test
    void theCallersOwnRedeliveryUploadsAgain() throws Exception {
        AtomicInteger commands = new AtomicInteger();
        BiConsumer<String, Path> spoilTwice = (command, root) -> {
            if (commands.incrementAndGet() <= 2) {
                parts(root).forEach(part -> write(part, "other"));
            }
        };
        RouteBuilder redelivers = new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(1));
                from("direct:mine").to(PUT);
            }
        };
        try (Bench bench = new Bench(folder, spoilTwice).routes(redelivers).start()) {
            Exchange done = send(bench, "direct:mine", foreign("dump", "hello"), Map.of("CamelOffsiteJob", "db"));

            assertThat(done.getException()).isNull();
            assertThat(commands).hasValue(3);
            assertThat(done.getMessage().getHeader("CamelOffsiteSha256")).isEqualTo(SHA256_OF_HELLO);
            assertThat(today(bench).resolve("dump")).hasContent("hello");
            assertThat(parts(bench.root())).isEmpty();
        }
    }

    @Test
    void oneExchangeMayPutOneFileAfterAnother() throws Exception {
        Queue<Object> paths = new ConcurrentLinkedQueue<>();
        RouteBuilder loops = route("direct:mine", route -> route.loop(3)
                .setHeader("CamelOffsiteName", simple("loop-${exchangeProperty.CamelLoopIndex}"))
                .to(PUT)
                .process(exchange -> paths.add(exchange.getMessage().getHeader("CamelOffsitePath")))
                .end()
                .setBody(simple("${body},${body}"))
                .split(body().tokenize(","))
                .setHeader("CamelOffsiteName", simple("split-${exchangeProperty.CamelSplitIndex}"))
                .to(PUT));
        try (Bench bench = new Bench(folder).routes(loops).start()) {
            String file = foreign("dump", "hello").toString();

            assertThat(send(bench, "direct:mine", file, Map.of("CamelOffsiteJob", "db"))
                            .getException())
                    .isNull();

            assertThat(paths)
                    .containsExactly(
                            Bench.ROOT + "/20260131/loop-0",
                            Bench.ROOT + "/20260131/loop-1",
                            Bench.ROOT + "/20260131/loop-2");
            assertThat(listed(bench)).containsExactlyInAnyOrder("loop-0", "loop-1", "loop-2", "split-0", "split-1");
        }
    }

    @Test
    void whatFailsInTheCallersRouteLaterDoesNotUndoThePut() throws Exception {
        RouteBuilder fails = route(
                "direct:mine", route -> route.to(PUT).throwException(new IllegalStateException("mine, and later")));
        try (Bench bench = new Bench(folder).routes(fails).start()) {
            Exchange done = send(bench, "direct:mine", foreign("dump", "hello"), Map.of("CamelOffsiteJob", "db"));

            assertThat(done.getException()).hasMessage("mine, and later");
            assertThat(listed(bench)).containsExactly("dump");
            assertThat(bench.bean(Ledger.class).openFolders(bench.job())).isEmpty();
        }
    }

    /** Invariants 3 and 4: also where the file lies in the source of a job that deletes what it ships. */
    @Test
    void neitherTheLedgerNorTheLocalFileChanges() throws Exception {
        try (Bench bench =
                new Bench(folder).set("camel.routeTemplate[db].after", "delete").start()) {
            Path file = foreign("dump", "hello");
            Path inSource = bench.backup("also", new byte[3]);

            put(bench, file, Map.of("CamelOffsiteJob", "db"));
            put(bench, inSource, Map.of("CamelOffsiteJob", "db"));

            assertThat(file).hasContent("hello");
            assertThat(inSource).exists();
            assertThat(SourceScan.in(bench.source(), true).files())
                    .singleElement()
                    .satisfies(f -> assertThat(bench.bean(Ledger.class).contains(bench.job(), f))
                            .isFalse());
            assertThat(bench.bean(Ledger.class).openFolders(bench.job())).isEmpty();
            assertThat(bench.bean(JobStatus.class).last(bench.job())).isEqualTo(JobStatus.State.NONE);
        }
    }

    /** Invariant 2. */
    @Test
    void putsAndAPollOfTheSameDayListAllTheirFiles() throws Exception {
        int each = 20;
        ExecutorService threads = Executors.newFixedThreadPool(each);
        try (Bench bench = new Bench(folder).start()) {
            List<String> names = new ArrayList<>();
            List<CompletableFuture<Exchange>> puts = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                bench.backup("polled-" + i, new byte[i]);
                names.add("polled-" + i);
            }
            CompletableFuture<ShipResult> run = bench.poll();
            for (int i = 0; i < each; i++) {
                Path file = foreign("put-" + i, "hello");
                names.add("put-" + i);
                puts.add(CompletableFuture.supplyAsync(
                        () -> put(bench, file, Map.of("CamelOffsiteJob", "db")), threads));
            }
            for (CompletableFuture<Exchange> put : puts) {
                assertThat(put.get(1, TimeUnit.MINUTES).getException()).isNull();
            }
            assertThat(run.get(1, TimeUnit.MINUTES).shipped()).isEqualTo(each);

            assertThat(listed(bench)).containsExactlyInAnyOrderElementsOf(names);
            assertThat(parts(bench.root())).isEmpty();
            assertThat(bench.bean(Ledger.class).openFolders(bench.job())).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Else the poll would take the part file of the put for one that a crash left. */
    @Test
    void aPollOfTheServiceLeavesAPutThatIsOnItsWayAlone() throws Exception {
        CountDownLatch uploaded = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BiConsumer<String, Path> hold = (command, root) -> {
            uploaded.countDown();
            await().atMost(1, TimeUnit.MINUTES).until(() -> go.getCount() == 0);
        };
        try (Bench bench = new Bench(folder, hold)
                .set("offsite.serve", "true")
                .set("camel.routeTemplate[db].poll", "50ms")
                .start()) {
            Path file = foreign("dump", "hello");
            CompletableFuture<Exchange> put =
                    CompletableFuture.supplyAsync(() -> put(bench, file, Map.of("CamelOffsiteJob", "db")));
            assertThat(uploaded.await(1, TimeUnit.MINUTES)).isTrue();

            bench.pollAgain();
            bench.pollAgain();

            assertThat(parts(bench.root())).hasSize(1);
            go.countDown();
            assertThat(put.get(1, TimeUnit.MINUTES).getException()).isNull();
            assertThat(today(bench).resolve("dump")).hasContent("hello");
            assertThat(bench.bean(Ledger.class).openFolders(bench.job())).isEmpty();
        }
    }

    /** Invariant 1: both would write the same part file. */
    @Test
    void theSameNameTwiceAtATimeIsRefused() throws Exception {
        CountDownLatch uploaded = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BiConsumer<String, Path> hold = (command, root) -> {
            uploaded.countDown();
            await().atMost(1, TimeUnit.MINUTES).until(() -> go.getCount() == 0);
        };
        try (Bench bench = new Bench(folder, hold).start()) {
            Path first = foreign("dump", "hello");
            Path second = foreign("b/dump", "world");
            CompletableFuture<Exchange> put =
                    CompletableFuture.supplyAsync(() -> put(bench, first, Map.of("CamelOffsiteJob", "db")));
            assertThat(uploaded.await(1, TimeUnit.MINUTES)).isTrue();

            assertThat(put(bench, second, Map.of("CamelOffsiteJob", "db")).getException())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the same name");

            go.countDown();
            assertThat(put.get(1, TimeUnit.MINUTES).getException()).isNull();
            assertThat(today(bench).resolve("dump")).hasContent("hello");
            assertThat(put(bench, second, Map.of("CamelOffsiteJob", "db")).getException())
                    .isNull();
            assertThat(today(bench).resolve("dump")).hasContent("world");
        }
    }

    @Test
    void prunesTheJobThatTheHeaderNames() throws Exception {
        try (Bench bench =
                new Bench(folder).set("camel.routeTemplate[db].keep", "1").start()) {
            for (String date : List.of("20200101", "20200102")) {
                Files.createDirectories(bench.root().resolve(date));
                Files.writeString(bench.root().resolve(date).resolve(Manifest.NAME), "0".repeat(64) + "  x\n");
            }

            Exchange done = send(bench, "offsite:prune", "mine", Map.of("CamelOffsiteJob", "db"));

            assertThat(done.getException()).isNull();
            Pruner.Result result = done.getMessage().getBody(Pruner.Result.class);
            assertThat(result.plan().removed()).containsExactly("20200101");
            assertThat(result.failed()).isEmpty();
            assertThat(bench.root().resolve("20200101")).doesNotExist();
            assertThat(bench.root().resolve("20200102")).exists();

            assertThat(send(bench, "offsite:prune", "mine", Map.of()).getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("CamelOffsiteJob");
        }
    }

    /** Events of good and of bad runs. */
    @Test
    void listenersHearOfEachRun() throws Exception {
        Queue<JobEvent> heard = new ConcurrentLinkedQueue<>();
        AtomicBoolean spoil = new AtomicBoolean();
        RouteBuilder listens = route(
                "offsite:events?types=shipped,failed",
                route -> route.process(
                        exchange -> heard.add(exchange.getMessage().getBody(JobEvent.class))));
        BiConsumer<String, Path> server = (command, root) -> {
            if (spoil.get()) {
                parts(root).forEach(part -> write(part, "other"));
            }
        };
        try (Bench bench = new Bench(folder, server)
                .set("offsite.serve", "true")
                .set("offsite.retries", "0")
                .set("camel.routeTemplate[db].poll", "50ms")
                .routes(listens)
                .start()) {
            bench.backup("one", new byte[1]);
            await().until(() -> !heard.isEmpty());
            spoil.set(true);
            bench.backup("three", new byte[3]);
            await().until(() -> heard.size() > 1);

            JobEvent.Shipped shipped = (JobEvent.Shipped) heard.remove();
            assertThat(shipped.job()).isEqualTo("db");
            assertThat(shipped.files()).isEqualTo(1);
            assertThat(shipped.bytes()).isEqualTo(1);
            assertThat(shipped.folders()).containsExactly(Bench.ROOT + "/20260131");
            assertThat(shipped.verification()).isEqualTo("hash");
            JobEvent.Failed failed = (JobEvent.Failed) heard.remove();
            assertThat(failed.files()).containsOnlyKeys("three");
            assertThat(failed.files().get("three")).contains("here it is 3");
            assertThat(failed.reason()).isNull();
        }
    }

    /** Once while nothing changes, however often it is polled; and that it works again. */
    @Test
    void listenersHearThatTheServerCannotBeUsedBeforeAnyRunBegins() throws Exception {
        Queue<JobEvent> heard = new ConcurrentLinkedQueue<>();
        Path knownHosts = Files.writeString(folder.resolve("known_hosts"), "");
        try (Bench bench = new Bench(folder)
                .set("offsite.serve", "true")
                .set("offsite.known-hosts", knownHosts.toString())
                .set("camel.routeTemplate[db].poll", "1h")
                .routes(route(
                        "offsite:events?types=shipped,failed",
                        route -> route.process(
                                exchange -> heard.add(exchange.getMessage().getBody(JobEvent.class)))))
                .start()) {
            bench.backup("one", new byte[1]);
            for (int poll = 0; poll < 3; poll++) {
                bench.pollAgain();
            }
            Files.copy(bench.server().knownHosts(), knownHosts, StandardCopyOption.REPLACE_EXISTING);
            bench.pollAgain();
            await().until(() -> heard.size() > 1);

            assertThat(heard).extracting(JobEvent::type).containsExactly("failed", "shipped");
            assertThat(((JobEvent.Failed) heard.remove()).reason())
                    .contains("the host key of offsite@" + bench.server().host());
        }
    }

    /** Two of the same name in different folders do not replace each other. */
    @Test
    void aPolledFileKeepsItsSubfolders() throws Exception {
        foreign("x/dump", "1");
        foreign("y/dump", "2");
        try (Bench bench = new Bench(folder)
                .routes(route(
                        "file:" + folder.resolve("elsewhere") + "?recursive=true&noop=true&initialDelay=0",
                        route -> route.to(PUT + "?job=db")))
                .start()) {
            await().until(() -> Files.exists(today(bench).resolve("x/dump"))
                    && Files.exists(today(bench).resolve("y/dump")));
        }
    }

    /** Not what the SSH library says, which names no server. */
    @Test
    void everyOperationSaysWhichServerCannotBeReached() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            bench.server().close();
            String address = bench.server().host() + ":" + bench.server().port();
            for (String uri : List.of("offsite:list", "offsite:get?name=a&to=b", "offsite:restore?to=c")) {
                assertThat(send(bench, uri, null, Map.of("CamelOffsiteJob", "db"))
                                .getException())
                        .isInstanceOf(TargetException.class)
                        .hasMessageContaining("offsite@" + address + " cannot be reached");
            }
        }
    }

    /** Invariant 8: a failure of pruning is the run's. A listener that fails changes nothing. */
    @Test
    void aFailureOfPruningIsTheRunsAndThatOfAListenerIsNot() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        RouteBuilder listens = route(
                "offsite:events",
                route -> route.process(exchange -> {
                    heard.incrementAndGet();
                    throw new IOException("no chat today");
                }));
        try (Bench bench = new Bench(folder)
                .set("camel.routeTemplate[db].keep", "1")
                .routes(listens)
                .start()) {
            for (String date : List.of("20200101", "20200102")) {
                Files.createDirectories(bench.root().resolve(date));
                Files.writeString(bench.root().resolve(date).resolve(Manifest.NAME), "0".repeat(64) + "  x\n");
            }
            Files.writeString(bench.root().resolve(".trash"), "in the way");
            bench.backup("one", new byte[1]);

            assertThat(bench.bean(ShipCompletion.class).end(bench.run()).orElseThrow())
                    .contains("not pruned");

            Files.delete(bench.root().resolve(".trash"));
            bench.backup("two", new byte[2]);
            assertThat(bench.bean(ShipCompletion.class).end(bench.run())).isEmpty();
            await().until(() -> heard.get() >= 4);
        }
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
