package dev.offsite.cluster.postgres;

import dev.offsite.cluster.ClusterException;
import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What a failure of the database means. */
final class SqlFailures {

    private final String place;

    /** @param place host and database, for messages */
    SqlFailures(String place) {
        this.place = place;
    }

    private static String state(SQLException failure) {
        return Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                .limit(10)
                .filter(SQLException.class::isInstance)
                .map(cause -> ((SQLException) cause).getSQLState())
                .filter(state -> state != null)
                .findFirst()
                .orElse("");
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(10)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }

    /** Whether the same may succeed soon: no connection, a restart, a conflict, or too many clients just now. */
    static boolean isPassing(SQLException failure) {
        String state = state(failure);
        if (isOfLogin(state) || state.equals("08P01")) {
            return false;
        }
        return failure instanceof SQLTransientConnectionException
                || Stream.of("08", "57P0", "40001", "40P01", "53300").anyMatch(state::startsWith);
    }

    static boolean isDuplicate(SQLException failure) {
        return state(failure).equals("23505");
    }

    static boolean isTimeoutOfLock(SQLException failure) {
        return state(failure).equals("55P03");
    }

    static boolean isMissingTable(SQLException failure) {
        return state(failure).equals("42P01");
    }

    private static boolean isOfLogin(String state) {
        // 08004: the driver has no password to send.
        return state.startsWith("28") || state.equals("08004") || state.equals("3D000");
    }

    /** What is wrong with the configuration or the database, if that is why; no wait helps then. */
    Optional<ClusterException> ofConfiguration(SQLException failure) {
        String state = state(failure);
        String problem = null;
        if (isOfLogin(state) || state.equals("42501")) {
            problem = "refuses: " + reason(failure) + remedy(state);
        } else if (cause(failure, UnknownHostException.class).isPresent()) {
            problem = "has an unknown host";
        } else if (cause(failure, SSLException.class).isPresent()) {
            problem = "cannot be reached over TLS: " + Text.reason(Text.root(failure)) + "; is it a PostgreSQL server?";
        } else if (state.equals("08P01")) {
            problem = "does not answer as PostgreSQL does: " + reason(failure);
        } else if (state.startsWith("42") || state.equals("0A000")) {
            problem = "cannot be used: " + reason(failure);
        }
        return Optional.ofNullable(problem).map(said -> new ClusterException(line(said), failure));
    }

    private static String remedy(String state) {
        return switch (state) {
            case "28P01", "28000", "08004" -> "; see offsite.cluster.user and offsite.cluster.password-file";
            case "3D000" -> "; create it, or correct offsite.cluster";
            case "42501" -> "; let the database belong to the user, or grant it create on the schema";
            default -> "";
        };
    }

    /** For a call that failed for as long as it may. */
    StateException unreachable(SQLException failure) {
        String state = state(failure);
        return isPassing(failure) || isOfLogin(state) || state.startsWith("08")
                ? StateException.of(
                        line("cannot be reached: " + reason(failure)) + "; it goes on by itself when it is back",
                        failure)
                : StateException.of(line("failed: " + reason(failure)), failure);
    }

    StateException interrupted(SQLException failure) {
        return StateException.of(line("cannot be reached: " + reason(failure)) + "; the wait was ended", failure);
    }

    StateException of(String what) {
        return StateException.of(line(what), null);
    }

    private String line(String what) {
        return "the cluster's database (%s) %s".formatted(place, what);
    }

    /** The pool's own words tell nothing; those of the server begin with a severity in its language. */
    private static String reason(SQLException failure) {
        SQLException said = failure;
        while (said instanceof SQLTransientConnectionException && said.getCause() instanceof SQLException cause) {
            said = cause;
        }
        String message = Text.line(String.valueOf(said.getMessage()).strip().split("\n", 2)[0]);
        return message.replaceFirst("^[A-Z]+: ", "").replaceFirst("\\.$", "");
    }
}
