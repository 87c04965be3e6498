package dev.offsite.cluster.postgres;

import dev.offsite.io.StateStore;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows of {@code offsite_text}: a text is its parts, in their order. Whoever appends adds a part, whoever replaces
 * leaves a single new one. Writers of one text wait for each other, so that its parts get visible in their order.
 *
 * <p>A place in a text is the number of a part, and a number of characters in it.
 */
final class PostgresStateStore implements StateStore {

    /** A part is shorter than 2 GiB. */
    private static final int BITS = 31;

    /** Parts of a large text that are read at once. */
    private static final int TOGETHER = 16;

    private final Database database;
    private final String where;

    /** @param where for messages */
    PostgresStateStore(Database database, String where) {
        this.database = database;
        this.where = where;
    }

    private static long place(long part, int characters) {
        return part << BITS | characters;
    }

    private static long part(long place) {
        return place >>> BITS;
    }

    private static int characters(long place) {
        return (int) (place & ((1L << BITS) - 1));
    }

    @Override
    public Optional<String> text(String name) {
        return database.call(connection -> text(connection, name));
    }

    static Optional<String> text(Connection connection, String name) throws SQLException {
        return Sql.text(connection, "select string_agg(text, '' order by part) from offsite_text where name = ?", name);
    }

    private record Part(long number, String text) {}

    /** What follows a place. The first part begins there. */
    private List<Part> parts(String name, long from) {
        return database.call(connection -> Sql.rows(
                connection,
                row -> {
                    long number = row.getLong(1);
                    String text = row.getString(2);
                    int cut = number == part(from) ? Math.min(characters(from), text.length()) : 0;
                    return new Part(number, text.substring(cut));
                },
                "select part, text from offsite_text where name = ? and part >= ? order by part",
                name,
                part(from)));
    }

    @Override
    public long lines(String name, long from, Consumer<String> each) {
        long end = from;
        StringBuilder line = new StringBuilder();
        for (Part part : parts(name, from)) {
            String text = part.text();
            int start = 0;
            for (int newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', start)) {
                each.accept(line.append(text, start, newline).toString());
                line.setLength(0);
                start = newline + 1;
            }
            line.append(text, start, text.length());
            int before = part.number() == part(from) ? characters(from) : 0;
            if (start == text.length()) {
                end = place(part.number() + 1, 0);
            } else if (start > 0) {
                end = place(part.number(), before + start);
            }
        }
        return end;
    }

    @Override
    public InputStream open(String name, long from) {
        StringBuilder rest = new StringBuilder();
        parts(name, from).forEach(part -> rest.append(part.text()));
        return new ByteArrayInputStream(rest.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long end(String name) {
        return newest(name).map(part -> place(part + 1, 0)).orElse(0L);
    }

    @Override
    public Optional<Version> version(String name) {
        return database.call(connection -> Sql.row(
                connection,
                row -> row.getObject(1) == null
                        ? null
                        : new Version(row.getString(1), place(row.getLong(2) + 1, 0), ""),
                "select min(part), max(part) from offsite_text where name = ?",
                name));
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public long size(String name) {
        return database.call(connection -> Sql.row(
                        connection,
                        row -> row.getLong(1),
                        "select coalesce(sum(octet_length(text)), 0) from offsite_text where name = ?",
                        name))
                .orElse(0L);
    }

    @Override
    public String tail(String name, int bytes) {
        // Newest first, as many parts as it takes.
        List<String> parts = database.call(connection -> Sql.rows(
                connection,
                row -> row.getString(1),
                "select text from (select part, text, sum(octet_length(text)) over (order by part desc) - octet_length(text) as after"
                        + " from offsite_text where name = ?) newest where after < ? order by part",
                name,
                bytes));
        return String.join("", parts);
    }

    private Optional<Long> newest(String name) {
        return database.call(connection -> Sql.row(
                connection,
                row -> row.getLong(1),
                "select part from offsite_text where name = ? order by part desc limit 1",
                name));
    }

    @Override
    public void replace(String name, String text, boolean durable) {
        write(name, durable, connection -> replace(connection, name, text));
    }

    private static String replace(Connection connection, String name, String text) throws SQLException {
        Sql.update(connection, "delete from offsite_text where name = ?", name);
        insert(connection, name, text);
        return text;
    }

    private static int insert(Connection connection, String name, String text) throws SQLException {
        return Sql.update(connection, "insert into offsite_text (name, text) values (?, ?)", name, text);
    }

    @Override
    public void append(String name, String text) {
        write(name, true, connection -> insert(connection, name, text));
    }

    @Override
    public String update(String name, UnaryOperator<String> change, boolean durable) {
        return write(name, durable, connection -> {
            String before = text(connection, name).orElse("");
            String after = change.apply(before);
            return after.equals(before) ? before : replace(connection, name, after);
        });
    }

    @Override
    public void delete(String name) {
        write(name, true, connection -> Sql.update(connection, "delete from offsite_text where name = ?", name));
    }

    private <T> T write(String name, boolean durable, Database.Work<T> work) {
        return database.transaction(durable, connection -> {
            Sql.run(connection, "select pg_advisory_xact_lock(?)", Keys.of("text", name));
            return work.in(connection);
        });
    }

    /** The names of all texts. */
    List<String> all() {
        return database.call(connection -> Sql.rows(
                connection,
                row -> row.getString(1),
                "with recursive found (name) as ((select name from offsite_text order by name limit 1) union all"
                        + " select (select text.name from offsite_text text where text.name > found.name"
                        + " order by text.name limit 1) from found where found.name is not null)"
                        + " select name from found where name is not null"));
    }

    /** The bytes of the next parts behind that one, and which the last one is; empty at the end. */
    private Optional<Piece> piece(String name, long after) {
        List<Part> parts = database.call(connection -> Sql.rows(
                connection,
                row -> new Part(row.getLong(1), row.getString(2)),
                "select part, text from offsite_text where name = ? and part > ? order by part limit " + TOGETHER,
                name,
                after));
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Piece(
                        parts.get(parts.size() - 1).number(),
                        new ByteArrayInputStream(parts.stream()
                                .map(Part::text)
                                .collect(Collectors.joining())
                                .getBytes(StandardCharsets.UTF_8))));
    }

    private record Piece(long last, InputStream bytes) {}

    /** A text that nobody changes, a few parts at a time. */
    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes an Enumeration only.
    InputStream read(String name) {
        Iterator<InputStream> pieces = Stream.iterate(
                        piece(name, -1),
                        Optional::isPresent,
                        piece -> piece(name, piece.get().last()))
                .map(piece -> piece.get().bytes())
                .iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return pieces.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return pieces.next();
            }
        });
    }

    /** Goes from name to name, however many parts each text has. */
    @Override
    public List<String> names(String folder) {
        String start = folder.isEmpty() ? "" : folder + "/";
        List<String> names = database.call(connection -> Sql.rows(
                connection,
                row -> row.getString(1),
                "with recursive found (name) as ("
                        + "(select name from offsite_text where name > ? order by name limit 1) union all"
                        + " select (select text.name from offsite_text text where text.name > found.name"
                        + " order by text.name limit 1) from found where starts_with(found.name, ?))"
                        + " select substr(name, length(?) + 1) from found"
                        + " where starts_with(name, ?) and position('/' in substr(name, length(?) + 1)) = 0",
                start,
                start,
                start,
                start,
                start));
        return List.copyOf(names);
    }

    @Override
    public String place(String name) {
        return name + " in " + where;
    }
}
