package dev.offsite.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever holds the server can change every file there and write a SHA256SUMS that fits. On a machine without any state, only with
 * the identity, each change is found and named, and no wrong byte gets a final name.
 */
@Timeout(300)
class ForgeryIT {

    private static final int CASES = 250;
    private static final long SEED = 20_260_131;

    @TempDir
    private Path folder;

    private int number;

    /** What a server may do; returns a name that must be named. */
    private enum Forgery {
        FLIP {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                return changed(there, any(there, random), random, bytes -> {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    return bytes;
                });
            }
        },
        CUT {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                return changed(
                        there, any(there, random), random, bytes -> Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            }
        },
        CUT_AT_A_CHUNK {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                return changed(
                        there,
                        any(there, random),
                        random,
                        bytes -> Arrays.copyOf(bytes, bytes.length - 16 - (bytes.length > 66_000 ? 4464 : 0)));
            }
        },
        APPEND {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                return changed(
                        there,
                        any(there, random),
                        random,
                        bytes -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100)));
            }
        },
        SWAP {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                List<String> two = two(there, random);
                Path one = there.dated().resolve(two.get(0));
                Path other = there.dated().resolve(two.get(1));
                byte[] bytes = Files.readAllBytes(one);
                Files.copy(other, one, StandardCopyOption.REPLACE_EXISTING);
                Files.write(other, bytes);
                there.list(two.get(0));
                there.list(two.get(1));
                return two.get(random.nextInt(2));
            }
        },
        ONE_FOR_ANOTHER {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                List<String> two = two(there, random);
                Files.copy(
                        there.dated().resolve(two.get(0)),
                        there.dated().resolve(two.get(1)),
                        StandardCopyOption.REPLACE_EXISTING);
                there.list(two.get(1));
                return two.get(1);
            }
        },
        RENAME {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                String name = copy(there, random);
                String now = random.nextBoolean() ? "other.age" : "other";
                Files.move(there.dated().resolve(name), there.dated().resolve(now));
                there.list(manifest -> manifest.without(List.of(name)));
                there.list(now);
                return random.nextBoolean() ? name : now;
            }
        },
        REMOVE {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                String name = any(there, random);
                Files.delete(there.dated().resolve(name));
                if (random.nextBoolean()) {
                    there.list(manifest -> manifest.without(List.of(name)));
                    return ManifestPart.isPart(name) ? "says what is inside" : name;
                }
                return name;
            }
        },
        UNLIST {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                String name = any(there, random);
                there.list(manifest -> manifest.without(List.of(name)));
                return ManifestPart.isPart(name) ? "says what is inside" : name;
            }
        },
        OLDER_COPY {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                Path before = there.older().resolve(EncryptedBackups.DAY);
                String name = there.copies().stream()
                        .filter(copy -> Files.exists(before.resolve(copy)))
                        .filter(copy ->
                                differ(before.resolve(copy), there.dated().resolve(copy)))
                        .findFirst()
                        .orElseThrow();
                Files.copy(before.resolve(name), there.dated().resolve(name), StandardCopyOption.REPLACE_EXISTING);
                there.list(name);
                return name;
            }
        },
        OLDER_PART {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                List<String> parts = there.parts();
                Files.copy(
                        there.dated().resolve(parts.get(0)),
                        there.dated().resolve(parts.get(1)),
                        StandardCopyOption.REPLACE_EXISTING);
                there.list(parts.get(1));
                return "says what is inside";
            }
        },
        PART_OF_ANOTHER_FOLDER {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                String part = random.nextBoolean() ? there.parts().get(random.nextInt(2)) : ManifestPart.name(9);
                Path other;
                try (Stream<Path> files = Files.list(there.otherDated())) {
                    other = files.filter(file ->
                                    ManifestPart.isPart(file.getFileName().toString()))
                            .findFirst()
                            .orElseThrow();
                }
                Files.copy(other, there.dated().resolve(part), StandardCopyOption.REPLACE_EXISTING);
                there.list(part);
                return part;
            }
        },
        COPY_OF_ANOTHER_FOLDER {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                Path other;
                try (Stream<Path> files = Files.walk(there.otherDated())) {
                    other = files.filter(Files::isRegularFile)
                            .filter(file -> file.toString().endsWith(".age"))
                            .filter(file ->
                                    !ManifestPart.isPart(file.getFileName().toString()))
                            .findFirst()
                            .orElseThrow();
                }
                String name = random.nextBoolean() ? copy(there, random) : "added.age";
                Files.copy(other, there.dated().resolve(name), StandardCopyOption.REPLACE_EXISTING);
                there.list(name);
                return name;
            }
        },
        PLAIN_FOR_ENCRYPTED {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                String name = copy(there, random);
                String plain = random.nextBoolean() ? "a.dump" : "b c.dump";
                Files.delete(there.dated().resolve(name));
                Files.writeString(there.dated().resolve(plain), "not what was shipped");
                there.list(manifest -> manifest.without(List.of(name)));
                there.list(plain);
                return random.nextBoolean() ? plain : name;
            }
        },
        ANOTHER_NAME_INSIDE {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                String name = copy(there, random);
                String inside = List.of("other", "../other", "/tmp/other", "a.dump/../../other", "in/the/deep.dump")
                        .get(random.nextInt(5));
                forgePart(there, name, inside);
                return name;
            }
        },
        ADDED_TO_LEAD_ELSEWHERE {
            @Override
            String apply(EncryptedBackups there, Random random) throws IOException {
                byte[] content = "not what was shipped".getBytes(StandardCharsets.UTF_8);
                Files.write(there.dated().resolve("added.age"), there.encrypted(content));
                there.list("added.age");
                forgePart(
                        there,
                        "added.age",
                        List.of("../other", "/tmp/other", "in/../../other", "..")
                                .get(random.nextInt(4)));
                return "added.age";
            }
        };

        abstract String apply(EncryptedBackups there, Random random) throws IOException;

        private interface Change {
            byte[] of(byte[] bytes);
        }

        private static String changed(EncryptedBackups there, String name, Random random, Change change)
                throws IOException {
            Path file = there.dated().resolve(name);
            Files.write(file, change.of(Files.readAllBytes(file)));
            if (random.nextBoolean()) {
                there.list(name);
            }
            return name;
        }

        private static String any(EncryptedBackups there, Random random) throws IOException {
            return random.nextInt(4) == 0 ? there.parts().get(random.nextInt(2)) : copy(there, random);
        }

        private static String copy(EncryptedBackups there, Random random) throws IOException {
            List<String> copies = there.copies();
            return copies.get(random.nextInt(copies.size()));
        }

        private static List<String> two(EncryptedBackups there, Random random) throws IOException {
            List<String> copies = new ArrayList<>(there.copies());
            Collections.shuffle(copies, random);
            return copies;
        }

        private static boolean differ(Path one, Path other) {
            try {
                return Files.mismatch(one, other) >= 0;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        /** A later part that says what is inside a copy, by somebody who has only the public key. */
        private static void forgePart(EncryptedBackups there, String copy, String inside) throws IOException {
            String hash = there.manifest().hash(copy).orElseThrow();
            String text = ManifestPart.beginning(EncryptedBackups.DAY, List.of(there.pair.recipient()))
                    + ManifestPart.lines(new PlainFile(
                            copy,
                            hash,
                            inside,
                            EncryptedBackups.sha256("not what was shipped".getBytes(StandardCharsets.UTF_8)),
                            20,
                            Instant.EPOCH));
            String part = ManifestPart.name(11);
            Files.write(there.dated().resolve(part), there.encrypted(text.getBytes(StandardCharsets.UTF_8)));
            there.list(part);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachIsFoundAndNamedWithoutAnyState(boolean hiddenNames) throws Exception {
        Random random = new Random(SEED);
        try (EncryptedBackups there = new EncryptedBackups(folder, hiddenNames)) {
            assertThat(said(there.open(true), there.restore(true, to()))).isEmpty();
            Map<String, String> plain = plainNames(there);
            for (int i = 0; i < CASES; i++) {
                there.reset();
                Forgery forgery = Forgery.values()[i % Forgery.values().length];
                String name = forgery.apply(there, random);
                Path to = to();
                Snapshot snapshot = there.open(true);
                RestoreResult result = there.restore(snapshot, to);
                assertThat(said(snapshot, result))
                        .as("case %d: %s of %s: %s", i, forgery, name, snapshot.items())
                        .containsAnyOf(name, plain.getOrDefault(name, name));
                assertRight(there, to, "case %d: %s of %s".formatted(i, forgery, name));
                assertThat(folder.resolve("other")).doesNotExist();
            }
        }
    }

    /** All that a person reads. */
    private static String said(Snapshot snapshot, RestoreResult result) {
        StringBuilder said = new StringBuilder(snapshot.problem());
        result.failed().forEach((name, reason) -> said.append(name).append(reason));
        return said.toString();
    }

    private static Map<String, String> plainNames(EncryptedBackups there) throws Exception {
        Map<String, String> names = new TreeMap<>();
        there.open(true).items().forEach(item -> names.put(item.name(), item.shown()));
        return names;
    }

    private Path to() {
        return folder.resolve("to").resolve(String.valueOf(number++)).resolve("restored");
    }

    /** Every file that has a name has the bytes that were shipped under it. */
    private static void assertRight(EncryptedBackups there, Path to, String what) throws IOException {
        if (!Files.exists(to)) {
            return;
        }
        try (Stream<Path> files = Files.walk(to.getParent())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = to.relativize(file).toString();
                assertThat(there.content).as(what).containsKey(name);
                assertThat(Files.readAllBytes(file)).as("%s: %s", what, name).isEqualTo(there.content.get(name));
            }
        }
    }

    /** The parts fit to an older state of the whole folder: only what this machine has verified tells that it is older. */
    @Test
    void anOlderStateOfTheWholeFolderIsFoundByThisMachinesLogOnly() throws Exception {
        try (EncryptedBackups there = new EncryptedBackups(folder, false)) {
            there.replace(there.older());

            assertThat(there.restore(true, to()).failed()).isEmpty();
            assertThat(there.open(false).items())
                    .filteredOn(item -> item.state() == SnapshotFile.State.REWRITTEN)
                    .extracting(SnapshotFile::shown)
                    .containsExactly("a.dump");
            assertThat(there.restore(false, to()).failed()).containsOnlyKeys("a.dump");
        }
    }

    /** age does not say who wrote a file, and the public key is no secret: only this machine's log tells. */
    @Test
    void aWholeForgedCopyIsFoundByThisMachinesLogOnly() throws Exception {
        try (EncryptedBackups there = new EncryptedBackups(folder, false)) {
            byte[] content = "not what was shipped".getBytes(StandardCharsets.UTF_8);
            Files.write(there.dated().resolve("a.dump.age"), there.encrypted(content));
            there.list("a.dump.age");
            Forgery.forgePart(there, "a.dump.age", "a.dump");

            assertThat(there.restore(true, to()).failed()).isEmpty();
            assertThat(there.restore(false, to()).failed().get("a.dump")).contains("SHA256SUMS lists other bytes");
        }
    }
}
