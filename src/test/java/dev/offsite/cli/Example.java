package dev.offsite.cli;

import dev.offsite.support.TestSite;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** One of {@code examples/}: its files as they are there. */
record Example(String name) {

    private static final Path ALL = Path.of("examples");

    Path file(String file) {
        return ALL.resolve(name).resolve(file).toAbsolutePath();
    }

    /** Its configuration. */
    Map<String, String> properties() throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(file("application.properties"))) {
            properties.load(file);
        }
        Map<String, String> sorted = new TreeMap<>();
        properties.forEach((key, value) -> sorted.put(String.valueOf(key), String.valueOf(value)));
        return sorted;
    }

    /** How its job works becomes that of the site's job; where it goes stays that of the site. */
    void useJob(TestSite site, String job) throws IOException {
        String prefix = "camel.routeTemplate[%s].".formatted(job);
        properties().forEach((key, value) -> {
            if (key.startsWith(prefix) && !key.matches(".*\\.(templateId|source|root)")) {
                site.job(key.substring(prefix.length()), value);
            }
        });
    }

    /** Its jobs replace that of the site; host, user, key and paths of those are for the test to set. */
    void useJobs(TestSite site) throws IOException {
        site.unset("camel.routeTemplate[");
        properties().forEach((key, value) -> {
            if (!key.matches("offsite\\.(host|port|user|key|known-hosts|state)")) {
                site.set(key, value);
            }
        });
    }
}
