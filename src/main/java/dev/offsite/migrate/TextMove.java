package dev.offsite.migrate;

import dev.offsite.cluster.MigratableCluster;
import dev.offsite.cluster.MigrationMark;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFolder;
import dev.offsite.io.StateStore;
import dev.offsite.job.JobStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** Copies the texts that nodes share between a state folder and a cluster, and compares them, a piece at a time. */
record TextMove(StateFolder folder, MigratableCluster cluster) {

    /** Characters of a large text that are copied at once. */
    private static final int PIECE = 64 << 10;

    private static final String STATUS = ".status";

    /** Those of the folder. */
    List<String> here() {
        return folder.all().stream().filter(SharedTexts::contains).sorted().toList();
    }

    /** Those of the cluster. Fails if one is not known: a later version may have written it. */
    List<String> there() {
        List<String> names = cluster.texts().stream()
                .filter(name -> !SharedTexts.isOfNow(name) && !name.equals(MigrationMark.NAME))
                .sorted()
                .toList();
        names.forEach(TextMove::requireKnown);
        return names;
    }

    private static void requireKnown(String name) {
        if (!SharedTexts.contains(name)) {
            throw MigrationException.refused(
                    "the cluster's database has a text that this version of Offsite does not know (%s): use a newer one"
                            .formatted(name));
        }
    }

    /** Returns how many. */
    int toCluster() {
        List<String> names = here();
        names.forEach(name -> copy(name, () -> ofFolder(name), cluster.state(), false));
        return names.size();
    }

    /** Returns how many. */
    int toFolder() {
        List<String> names = there();
        names.forEach(name -> copy(name, () -> ofClusterAlone(name), folder, true));
        return names.size();
    }

    void clearFolder() {
        here().forEach(folder::delete);
    }

    private interface Opening {
        Reader open();
    }

    private static void copy(String name, Opening from, StateStore to, boolean durable) {
        try (Reader text = from.open()) {
            to.replace(name, next(text), durable);
            for (String more = next(text); !more.isEmpty(); more = next(text)) {
                to.append(name, more);
            }
        } catch (IOException e) {
            throw StateException.unreadable(name, e);
        }
    }

    /** The next characters, none of them half a pair; "" at the end. */
    private static String next(Reader text) throws IOException {
        StringBuilder piece = new StringBuilder(PIECE);
        for (int one = text.read(); one >= 0; one = text.read()) {
            // What a power cut leaves of a line; PostgreSQL keeps no such character.
            if (one != 0) {
                piece.append((char) one);
            }
            if (piece.length() >= PIECE && !Character.isHighSurrogate((char) one)) {
                break;
            }
        }
        return piece.toString();
    }

    /** The first text that is not the same on both sides; empty if all are. {@code alone}: for a single machine */
    Optional<String> difference(boolean alone) {
        NavigableSet<String> all = new TreeSet<>(here());
        List<String> there = there();
        NavigableSet<String> onlyHere = new TreeSet<>(all);
        there.forEach(onlyHere::remove);
        NavigableSet<String> onlyThere = new TreeSet<>(there);
        onlyThere.removeAll(all);
        onlyThere.addAll(onlyHere);
        return onlyThere.isEmpty()
                ? there.stream().filter(name -> !isSame(name, alone)).findFirst()
                : Optional.of(onlyThere.first());
    }

    private boolean isSame(String name, boolean alone) {
        try (Reader here = ofFolder(name);
                Reader there = alone ? ofClusterAlone(name) : ofCluster(name)) {
            while (true) {
                String one = next(here);
                if (!one.equals(next(there))) {
                    return false;
                }
                if (one.isEmpty()) {
                    return true;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reader ofFolder(String name) {
        return reader(folder.open(name, 0));
    }

    private Reader ofCluster(String name) {
        return reader(cluster.read(name));
    }

    /** As a single machine has it: what several nodes know of their ships is one thing there. */
    private Reader ofClusterAlone(String name) {
        return name.endsWith(STATUS) && !name.contains("/")
                ? new StringReader(JobStatus.alone(cluster.state().text(name).orElse("")))
                : ofCluster(name);
    }

    private static Reader reader(InputStream bytes) {
        return new BufferedReader(new InputStreamReader(
                bytes,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }
}
