package dev.offsite.cluster.postgres;

import dev.offsite.cluster.ClusterException;
import dev.offsite.cluster.ClusterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/** Makes connections. What the URL sets wins over what is set here. */
final class Source {

    private static final int CONNECT_SECONDS = 5;

    private final ClusterSettings settings;
    private final String url;
    private final String session;

    /** @param session names this process to the others, see {@code offsite_node} */
    Source(ClusterSettings settings, String session) {
        this.settings = settings;
        this.url = settings.url().orElseThrow();
        this.session = session;
        ClusterSettings.problem(url).ifPresent(problem -> {
            throw new ClusterException("offsite.cluster: " + problem, null);
        });
        of(CONNECT_SECONDS);
    }

    String place() {
        return ClusterSettings.address(url);
    }

    static String application(String session) {
        return "offsite " + session;
    }

    /** @param patience seconds that an answer may take */
    PGSimpleDataSource of(int patience) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
        } catch (IllegalArgumentException e) {
            throw new ClusterException("offsite.cluster: this is no URL that the driver understands", e);
        }
        source.setApplicationName(application(session));
        settings.user().ifPresent(source::setUser);
        password().ifPresent(source::setPassword);
        if (!url.contains("connectTimeout=")) {
            source.setConnectTimeout(CONNECT_SECONDS);
            source.setLoginTimeout(CONNECT_SECONDS);
        }
        if (!url.contains("socketTimeout=")) {
            source.setSocketTimeout(patience);
        }
        source.setTcpKeepAlive(true);
        return source;
    }

    Connection connect(int patience) throws SQLException {
        return of(patience).getConnection();
    }

    /** Read anew each time: it may be another one by now. */
    private Optional<String> password() {
        return settings.passwordFile().map(Source::firstLine);
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new ClusterException("offsite.cluster.password-file: %s cannot be read".formatted(file), e);
        }
    }
}
