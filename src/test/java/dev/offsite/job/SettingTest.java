package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.Setting.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;

class SettingTest {

    private static final Path ROUTES = Path.of("routes");

    /** As a parameter of the template says it. */
    private record Parameter(String name, String description, String defaultValue) {}

    @Test
    void theParametersOfTheTemplateAreTheSettingsOfAJob() throws Exception {
        assertThat(template())
                .isEqualTo(Setting.ofJob().stream().map(SettingTest::parameter).toList());
    }

    private static List<Parameter> template() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(PluginHelper.getResourceLoader(context)
                            .resolveResource("file:" + ROUTES.resolve("ship.camel.yaml")));
            return context.getRouteTemplateDefinition(Jobs.TEMPLATE).getTemplateParameters().stream()
                    .map(SettingTest::parameter)
                    .toList();
        }
    }

    private static Parameter parameter(RouteTemplateParameterDefinition p) {
        return new Parameter(p.getName(), p.getDescription(), p.getDefaultValue());
    }

    private static Parameter parameter(Setting s) {
        return new Parameter(
                s.key(), s.description(), s.scope() == Scope.TARGET ? placeholder(s) : orNull(s.defaultValue()));
    }

    /** An optional parameter has no default in the template. */
    private static String orNull(String value) {
        return "".equals(value) ? null : value;
    }

    private static String placeholder(Setting s) {
        return "{{" + s.globalKey() + (s.defaultValue() == null ? "" : ":" + s.defaultValue()) + "}}";
    }

    @Test
    void whatTheRoutesTakeFromTheConfigurationAreSettings() throws IOException {
        Map<String, Setting> known = Setting.ofAll().stream().collect(Collectors.toMap(Setting::globalKey, s -> s));
        var used = new TreeSet<String>();
        Pattern.compile("\\{\\{(offsite\\.[^:}]+)(?::([^}]*))?}}")
                .matcher(yaml())
                .results()
                .forEach(found -> {
                    String key = found.group(1);
                    used.add(key);
                    if (found.group(2) != null && known.containsKey(key)) {
                        assertThat(found.group(2))
                                .as(key)
                                .isEqualTo(known.get(key).defaultValue());
                    }
                });
        // Whether this is the service is said by the verb, not by the user.
        assertThat(used).contains("offsite.serve");
        used.remove("offsite.serve");
        // Of the command alone: what embeds the routes has its own server, and makes its own files.
        Stream.of(Setting.HTTP_HOST, Setting.HTTP_PASSWORD_FILE, Setting.METRICS_FILE)
                .map(Setting::globalKey)
                .forEach(known::remove);
        assertThat(used).isEqualTo(new TreeSet<>(known.keySet()));
    }

    private static String yaml() throws IOException {
        try (Stream<Path> files = Files.list(ROUTES)) {
            StringBuilder text = new StringBuilder();
            for (Path file : files.toList()) {
                text.append(Files.readString(file));
            }
            return text.toString();
        }
    }

    @Test
    void noTwoSettingsHaveTheSameKey() {
        assertThat(Setting.ofJob()).extracting(Setting::key).doesNotHaveDuplicates();
        assertThat(Setting.ofAll()).extracting(Setting::globalKey).doesNotHaveDuplicates();
    }

    @Test
    void eachIsDescribedInOneLineWithoutAStop() {
        assertThat(Setting.values())
                .allSatisfy(
                        s -> assertThat(s.description()).matches("[A-Z].*[^.]").doesNotContain("\n", "|"));
    }

    @Test
    void theTargetIsSaidForAllJobsOrForOne() {
        assertThat(Setting.HOST.globalKey()).isEqualTo("offsite.host");
        assertThat(Setting.HOST.jobKey("db")).isEqualTo("camel.routeTemplate[db].host");
        assertThat(Setting.ofAll()).contains(Setting.HOST, Setting.STATE).doesNotContain(Setting.SOURCE);
        assertThat(Setting.ofJob()).contains(Setting.HOST, Setting.SOURCE).doesNotContain(Setting.STATE);
    }

    @Test
    void namedFindsOnlyAmongThoseGiven() {
        assertThat(Setting.named("source", Setting.ofJob())).contains(Setting.SOURCE);
        assertThat(Setting.named("source", Setting.ofAll())).isEmpty();
    }
}
