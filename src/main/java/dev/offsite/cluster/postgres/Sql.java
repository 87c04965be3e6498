package dev.offsite.cluster.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements with their parameters: texts, arrays of texts, numbers and UUIDs. */
final class Sql {

    /** What one row says. */
    @FunctionalInterface
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private Sql() {}

    static <T> List<T> rows(Connection connection, Row<T> row, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters);
                ResultSet result = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(row.of(result));
            }
            return rows;
        }
    }

    /** The first row; empty if there is none, or it says null. */
    static <T> Optional<T> row(Connection connection, Row<T> row, String sql, Object... parameters)
            throws SQLException {
        List<T> rows = rows(connection, row, sql, parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.ofNullable(rows.get(0));
    }

    static Optional<String> text(Connection connection, String sql, Object... parameters) throws SQLException {
        return row(connection, row -> row.getString(1), sql, parameters);
    }

    /** Runs a query for what it does. */
    static void run(Connection connection, String sql, Object... parameters) throws SQLException {
        rows(connection, row -> "", sql, parameters);
    }

    /** Returns how many rows were changed. */
    static int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof String[] texts) {
                    for (String text : texts) {
                        check(text);
                    }
                    statement.setArray(i + 1, connection.createArrayOf("text", texts));
                } else if (parameters[i] instanceof String text) {
                    check(text);
                    statement.setString(i + 1, text);
                } else {
                    statement.setObject(i + 1, parameters[i]);
                }
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /** The driver would write another character instead of half of a pair. */
    private static void check(String text) throws SQLException {
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == 0) {
                throw new SQLDataException("a name or text has a NUL character, which PostgreSQL cannot keep");
            }
            if (Character.isSurrogate(one)) {
                if (!Character.isHighSurrogate(one)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new SQLDataException("a name or text is not valid Unicode, which PostgreSQL cannot keep");
                }
                i++;
            }
        }
    }
}
