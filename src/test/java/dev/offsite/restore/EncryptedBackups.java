package dev.offsite.restore;

import dev.offsite.age.AgeIdentities;
import dev.offsite.age.AgeInputStream;
import dev.offsite.age.AgeKey;
import dev.offsite.age.AgeKeyPair;
import dev.offsite.age.AgeRecipients;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.Snapshot;
import dev.offsite.encryption.ContentLog;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.StateFolder;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.support.Bench;
import dev.offsite.verify.VerificationLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Two dated folders of a job that encrypts, as it shipped them; the first one in two runs. And what can be done to them there. */
final class EncryptedBackups implements AutoCloseable {

    static final String DAY = "20260130";
    static final String OTHER_DAY = "20260129";
    private static final Instant MODIFIED = Instant.parse("2026-01-30T10:00:00Z");
    private static final Instant MODIFIED_BEFORE = Instant.parse("2026-01-29T10:00:00Z");

    final AgeKeyPair pair = AgeKeyPair.make();
    final AgeIdentities identities = AgeIdentities.parse(pair.identity());
    final Bench bench;
    private final Path folder;
    /** What must come back of the first folder. */
    final Map<String, byte[]> content = new TreeMap<>();

    EncryptedBackups(Path folder, boolean hiddenNames) throws Exception {
        this.folder = folder;
        bench = new Bench(Files.createDirectories(folder.resolve("bench")))
                .set("camel.routeTemplate[db].encrypt-to", pair.recipient())
                .set("camel.routeTemplate[db].encrypt-names", String.valueOf(hiddenNames))
                .set("camel.routeTemplate[db].dated-by", "file")
                .start();
        backup("a.dump", 10, MODIFIED);
        backup("b c.dump", 70_000, MODIFIED);
        backup("in/the/deep.dump", 65_536, MODIFIED);
        backup("empty", 0, MODIFIED);
        backup("same.age", 300, MODIFIED);
        backup("of another day", 10, MODIFIED_BEFORE);
        backup("in/of another day", 500, MODIFIED_BEFORE);
        ship();
        copy(bench.root(), older());
        backup("a.dump", 11, MODIFIED.plusSeconds(60));
        backup("new.dump", 1000, MODIFIED.plusSeconds(60));
        ship();
        copy(bench.root(), folder.resolve("pristine"));
    }

    private void backup(String name, int size, Instant modified) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size * 31L + name.hashCode()).nextBytes(bytes);
        Files.setLastModifiedTime(bench.backup(name, bytes), FileTime.from(modified));
        if (!modified.equals(MODIFIED_BEFORE)) {
            content.put(name, bytes);
        }
    }

    private void ship() throws Exception {
        if (!bench.run().succeeded()) {
            throw new IllegalStateException("the backups were not shipped");
        }
    }

    /** The root as it was after the first run. */
    Path older() {
        return folder.resolve("older");
    }

    Path dated() {
        return bench.root().resolve(DAY);
    }

    Path otherDated() {
        return bench.root().resolve(OTHER_DAY);
    }

    /** Undoes all that was done to the folders on the server. */
    void reset() throws IOException {
        replace(folder.resolve("pristine"));
    }

    void replace(Path root) throws IOException {
        delete(bench.root());
        copy(root, bench.root());
    }

    /** As this machine sees them; {@code fresh}: as one sees them that has no state. */
    JobCatalog catalog(boolean fresh) {
        JobCatalog here = bench.services().catalog().of("db");
        String none = folder.resolve("no state").toString();
        return fresh
                ? new JobCatalog(
                        here.job(),
                        here.connection(),
                        new VerificationLog(new StateFolder(none)),
                        new ContentLog(new StateFolder(none)))
                : here;
    }

    private DatedFolderRef place() {
        return new DatedFolderRef(DAY, DAY, LocalDate.of(2026, 1, 30), Bench.ROOT + "/" + DAY, false, true);
    }

    private Restorer restorer(boolean fresh) {
        return new Restorer(catalog(fresh), Opening.with(Optional.of(identities)));
    }

    Snapshot open(boolean fresh) throws Exception {
        return restorer(fresh).read(place());
    }

    RestoreResult restore(boolean fresh, Path to) throws Exception {
        return restore(open(fresh), to);
    }

    RestoreResult restore(Snapshot snapshot, Path to) throws Exception {
        Restorer restorer = restorer(true);
        return restorer.run(
                restorer.plan(snapshot, restorer.choose(snapshot, List.of(), false), to, false), bytes -> {});
    }

    Manifest manifest() throws IOException {
        return Manifest.parse(Files.readString(dated().resolve(Manifest.NAME)));
    }

    /** Names of the copies, without the parts. */
    List<String> copies() throws IOException {
        return manifest().names().stream()
                .filter(name -> !ManifestPart.isPart(name))
                .toList();
    }

    List<String> parts() throws IOException {
        return manifest().names().stream().filter(ManifestPart::isPart).toList();
    }

    void list(UnaryOperator<Manifest> change) throws IOException {
        Files.writeString(
                dated().resolve(Manifest.NAME), change.apply(manifest()).format());
    }

    /** Lists a file as it is now. */
    void list(String name) throws IOException {
        String hash = sha256(Files.readAllBytes(dated().resolve(name)));
        list(manifest -> manifest.with(Map.of(name, hash)));
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(HashingInputStream.sha256Digest().digest(bytes));
    }

    /** As anybody can encrypt it who knows the public key. */
    byte[] encrypted(byte[] plain) throws IOException {
        AgeKey key = AgeKey.make(new AgeRecipients(List.of(pair.recipient())));
        try (InputStream in = new AgeInputStream(new ByteArrayInputStream(plain), key, Runnable::run)) {
            return in.readAllBytes();
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        bench.close();
    }
}
