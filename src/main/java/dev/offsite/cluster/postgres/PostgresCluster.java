package dev.offsite.cluster.postgres;

import dev.offsite.cluster.Claims;
import dev.offsite.cluster.ClusterException;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.Leases;
import dev.offsite.cluster.MigratableCluster;
import dev.offsite.cluster.SharedRate;
import dev.offsite.cluster.TextMap;
import dev.offsite.cluster.postgres.Nodes.Roster;
import dev.offsite.io.StateException;
import dev.offsite.io.StateStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nodes that share one database of PostgreSQL. */
final class PostgresCluster implements MigratableCluster {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final int ID_BYTES = 4;

    private final Source source;
    private final Times times;
    private final String session;
    private final String version;
    private final Database database;
    private final AdvisoryLocks locks;
    private final Claims claims;
    private final Leases leases;
    private final Heart heart;
    private volatile String node;
    private volatile boolean isJoined;
    /** Null until a limit is used. */
    private PostgresRates rates;

    private volatile Seen seen = new Seen(null, 0);

    /** A roster, and when it was read. */
    private record Seen(Roster roster, long nanos) {}

    private PostgresCluster(Source source, Times times, String session, String version, boolean isForMigration) {
        this.source = source;
        this.times = times;
        this.session = session;
        this.node = session;
        this.version = version;
        this.database = new Database(source, times.patience(), isForMigration);
        this.locks = new AdvisoryLocks(database, source);
        this.claims = new PostgresClaims(database, this::joined);
        this.leases = new PostgresLeases(database, this::joined, this::node);
        this.heart = new Heart(source, times, new Self());
    }

    /** Connects to nothing yet. */
    static PostgresCluster open(ClusterSettings settings, String version, Times times) {
        String session = id();
        return new PostgresCluster(new Source(settings, session), times, session, version, false);
    }

    /** The same, whatever mark of a migration it has. */
    static PostgresCluster toMigrate(ClusterSettings settings, String version, Times times) {
        String session = id();
        return new PostgresCluster(new Source(settings, session), times, session, version, true);
    }

    @Override
    public void join() {
        heart.start();
        try {
            joined();
        } catch (StateException e) {
            LOG.error("cluster: {}", e.getMessage());
        }
    }

    /** The id of this node, which the others know. */
    private String joined() {
        if (!isJoined) {
            heart.knows(database.call(connection -> {
                Nodes.tidy(connection);
                join(connection, node);
                return Nodes.roster(connection).dead();
            }));
            isJoined = true;
        }
        return node;
    }

    /**
     * A migration that begins now either sees this node, or is seen by it: the one leaves its mark before it looks for nodes,
     * and the other looks for the mark after it has joined.
     */
    private void join(Connection connection, String id) throws SQLException {
        Nodes.join(connection, id, session, host(), version);
        try {
            database.requireUsable(connection);
        } catch (ClusterException e) {
            Nodes.leave(connection, id);
            throw e;
        }
    }

    private static String id() {
        byte[] bytes = new byte[ID_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** For people who look into the table. */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return InetAddress.getLoopbackAddress().getHostName();
        }
    }

    private final class Self implements Heart.Self {
        @Override
        public String id() {
            return node;
        }

        @Override
        public boolean isReady() {
            return isJoined;
        }

        @Override
        public void join(Connection connection) throws SQLException {
            if (!isJoined) {
                database.prepare();
                PostgresCluster.this.join(connection, node);
                isJoined = true;
                return;
            }
            String other = PostgresCluster.id();
            PostgresCluster.this.join(connection, other);
            LOG.warn(
                    "cluster: the other nodes took this one for dead, since it was paused or could not reach the database;"
                            + " it goes on as node {}",
                    other);
            node = other;
            seen = new Seen(null, 0);
        }
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public String node() {
        return node;
    }

    private Roster roster() {
        Seen last = seen;
        long now = System.nanoTime();
        if (last.roster() == null || now - last.nanos() > times.cache().toNanos()) {
            last = new Seen(database.call(Nodes::roster), now);
            seen = last;
        }
        return last.roster();
    }

    @Override
    public Set<String> alive() {
        // Asked anew: whoever has joined just now is alive, too.
        Set<String> alive = new HashSet<>(database.call(Nodes::roster).alive());
        alive.add(node);
        return alive;
    }

    @Override
    public Set<String> dead() {
        return roster().dead();
    }

    @Override
    public boolean leads() {
        return roster().isLedBy(node);
    }

    @Override
    public StateStore state() {
        return store();
    }

    private PostgresStateStore store() {
        return new PostgresStateStore(database, "the cluster's database (%s)".formatted(place()));
    }

    @Override
    public TextMap map(String name) {
        return new PostgresTextMap(database, name);
    }

    @Override
    public List<String> texts() {
        return store().all();
    }

    @Override
    public InputStream read(String text) {
        return store().read(text);
    }

    @Override
    public List<String> expelSilent() {
        return database.call(connection -> {
            for (String silent : Nodes.bury(connection, times.death())) {
                Nodes.disconnect(connection, silent);
            }
            return Nodes.alive(connection);
        });
    }

    @Override
    public void clear(String kept) {
        database.transaction(true, connection -> {
            Sql.update(connection, "truncate offsite_ledger");
            return Sql.update(connection, "delete from offsite_text where name <> ?", kept);
        });
    }

    @Override
    public void sync() {
        database.sync();
    }

    @Override
    public Claims claims() {
        return claims;
    }

    @Override
    public Optional<Lock> lock(String name, Duration patience) {
        return locks.take(name, patience);
    }

    @Override
    public synchronized Optional<SharedRate> rate(String name) {
        if (rates == null) {
            rates = new PostgresRates(database, source, System::nanoTime);
        }
        return Optional.of(rates.of(name));
    }

    @Override
    public Optional<Leases> leases() {
        return Optional.of(leases);
    }

    @Override
    public void onDeath(Runnable action) {
        heart.onDeath(action);
    }

    @Override
    public String place() {
        return source.place();
    }

    /** Without the database, the others take over when this node was silent for long enough. */
    @Override
    public void close() {
        heart.close();
        try {
            if (isJoined) {
                leave();
            }
        } catch (StateException e) {
            LOG.debug("the cluster was left without a word", e);
        } finally {
            locks.close();
            closeRates();
            database.close();
        }
    }

    private synchronized void closeRates() {
        if (rates != null) {
            rates.close();
        }
    }

    private void leave() {
        database.transaction(true, connection -> {
            Nodes.leave(connection, node);
            return "";
        });
    }
}
