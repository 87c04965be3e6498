package dev.offsite.restore;

import dev.offsite.proof.Manifest;
import dev.offsite.proof.Proof;
import dev.offsite.transfer.ProofLog;
import dev.offsite.transfer.RemoteEntry;
import dev.offsite.transfer.TemporaryName;
import dev.offsite.transfer.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A dated folder and all that is in it.
 *
 * @param place where it is
 * @param state whether it can be relied on
 * @param problem what is wrong with it, in a few words; empty where nothing is
 * @param items by name
 */
public record Generation(Place place, State state, String problem, List<Item> items) {

    /** Whether a dated folder can be relied on. */
    public enum State {
        /** All that its manifest lists is there, as far as is known. */
        COMPLETE,
        /** Copies are missing or damaged, or the manifest cannot be read. */
        DAMAGED,
        /** It has no manifest. */
        UNPROVEN,
        /** It was pruned. */
        TRASH;

        /** As people and programs read it. */
        public String word() {
            return this == TRASH ? "in trash" : name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * What a folder comes to. Nothing the server says is taken on trust but that a name is there.
     *
     * @param tree all below the folder by name, folders too
     * @param manifest the text of its manifest; empty where it has none
     * @param log what this machine knows of its copies
     */
    static Generation of(
            Place place, Map<String, RemoteEntry> tree, Optional<String> manifest, Map<String, ProofLog.Entry> log) {
        Optional<Manifest> listed;
        String problem = "no " + Manifest.NAME;
        Set<String> refused = Set.of();
        try {
            listed = manifest.map(Manifest::parse);
        } catch (IllegalArgumentException e) {
            refused = Manifest.refusedNames(manifest.orElseThrow());
            // One name that leads elsewhere takes no other copy with it.
            listed = refused.isEmpty() ? Optional.empty() : safe(manifest.orElseThrow());
            problem = e.getMessage() + (refused.isEmpty() ? "" : ": " + Text.line(String.join(", ", refused)));
        }
        List<Item> items = items(tree, listed.orElse(Manifest.EMPTY), listed.isEmpty() ? Set.of() : refused, log);
        State state = State.COMPLETE;
        if (listed.isEmpty()) {
            state = manifest.isPresent() ? State.DAMAGED : State.UNPROVEN;
        } else {
            problem = problem(items);
            state = problem.isEmpty() ? State.COMPLETE : State.DAMAGED;
        }
        return new Generation(place, place.trash() ? State.TRASH : state, problem, items);
    }

    /** What it lists under names that are safe; empty if that is nothing, or more is wrong with it. */
    private static Optional<Manifest> safe(String manifest) {
        try {
            return Optional.of(Manifest.parseSafeNames(manifest)).filter(some -> some.size() > 0);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** One that could not be looked into. */
    static Generation unreadable(Place place, String why) {
        return new Generation(place, place.trash() ? State.TRASH : State.DAMAGED, why, List.of());
    }

    private static List<Item> items(
            Map<String, RemoteEntry> tree, Manifest manifest, Set<String> refused, Map<String, ProofLog.Entry> log) {
        Map<String, Item> items = new TreeMap<>();
        refused.forEach(name -> items.put(name, without(name, Optional.empty(), Item.State.REFUSED)));
        manifest.entries().forEach((name, sha256) -> items.put(name, listed(name, sha256, tree, log.get(name))));
        tree.forEach((name, entry) -> {
            String file = name.substring(name.lastIndexOf('/') + 1);
            if (!entry.directory() && !name.equals(Manifest.NAME) && !TemporaryName.matches(file)) {
                items.putIfAbsent(name, without(name, Optional.of(entry), Item.State.UNPROVEN));
            }
        });
        return List.copyOf(items.values());
    }

    private static Item without(String name, Optional<RemoteEntry> entry, Item.State state) {
        return new Item(name, entry, Optional.empty(), state, Optional.empty(), Optional.empty());
    }

    private static Item listed(String name, String sha256, Map<String, RemoteEntry> tree, ProofLog.Entry known) {
        Optional<RemoteEntry> there = Optional.ofNullable(tree.get(name));
        Optional<ProofLog.Entry> log =
                Optional.ofNullable(known).filter(e -> e.sha256().equals(sha256));
        Item.State state;
        if (there.isEmpty()) {
            state = blocked(name, tree) ? Item.State.SPECIAL : Item.State.MISSING;
        } else if (!there.get().file()) {
            state = Item.State.SPECIAL;
        } else if (log.isEmpty()) {
            state = Item.State.LISTED;
        } else {
            state = log.get().proof().isPresent() ? Item.State.PROVEN : Item.State.DAMAGED;
        }
        return new Item(
                name,
                there,
                Optional.of(sha256),
                state,
                log.flatMap(ProofLog.Entry::proof),
                log.map(ProofLog.Entry::at));
    }

    /** Whether something on the way to that name is no folder. */
    private static boolean blocked(String name, Map<String, RemoteEntry> tree) {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            RemoteEntry on = tree.get(name.substring(0, slash));
            if (on != null && !on.directory()) {
                return true;
            }
        }
        return false;
    }

    private static String problem(List<Item> items) {
        List<String> parts = new ArrayList<>();
        for (Item.State state : Item.State.values()) {
            long count = items.stream().filter(item -> item.state() == state).count();
            if (state.broken() && count > 0) {
                parts.add(count + " " + (state == Item.State.SPECIAL ? "no regular file" : state.word()));
            }
        }
        return String.join(", ", parts);
    }

    /** Whether its manifest could be read. */
    public boolean listed() {
        return state == State.COMPLETE
                || items.stream().anyMatch(item -> item.sha256().isPresent());
    }

    /** The copies that the manifest vouches for and that are there. */
    public List<Item> copies() {
        return items.stream().filter(Item::restorable).toList();
    }

    /** Bytes of those. */
    public long bytes() {
        return copies().stream().mapToLong(Item::size).sum();
    }

    /** The last change of any of those. */
    public Optional<Instant> newest() {
        return copies().stream().flatMap(item -> item.modified().stream()).max(Comparator.naturalOrder());
    }

    /** The least by which any of its copies is proven, in a word; a dash where there is none. */
    public String proofWord() {
        List<Item> copies = copies();
        if (copies.isEmpty()) {
            return "-";
        }
        if (copies.stream().anyMatch(item -> item.state() != Item.State.PROVEN)) {
            return Item.State.LISTED.word();
        }
        return copies.stream()
                .map(item -> item.proof().orElseThrow())
                .max(Comparator.naturalOrder())
                .map(Proof::toString)
                .orElseThrow();
    }
}
