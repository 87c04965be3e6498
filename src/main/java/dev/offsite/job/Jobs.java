package dev.offsite.job;

import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.retention.Rule;
import dev.offsite.retention.Within;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.TimeUtils;

/**
 * The jobs of a Camel context: every route made from the template {@code ship}, read back with the parameters it was
 * given, whoever gave them (application.properties, Spring Boot, Java).
 */
public final class Jobs implements CamelContextAware {

    /** The route template that makes a job. */
    public static final String TEMPLATE = "ship";

    private CamelContext context;

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** All jobs, in the order of their routes. */
    public List<Job> all() {
        List<Job> jobs = new ArrayList<>();
        for (RouteDefinition route : ((ModelCamelContext) context).getRouteDefinitions()) {
            if (isJob(route)) {
                jobs.add(job(route));
            }
        }
        return jobs;
    }

    /** The names of all jobs. */
    public List<String> names() {
        return all().stream().map(Job::name).toList();
    }

    /**
     * The job of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Job get(String name) {
        RouteDefinition route = ((ModelCamelContext) context).getRouteDefinition(name);
        if (route == null || !isJob(route)) {
            throw new IllegalArgumentException(
                    "There is no job '%s'; the configuration has %s".formatted(name, names()));
        }
        return job(route);
    }

    /**
     * What a drill of that job runs on the copies that it has restored; empty for nothing.
     *
     * @throws IllegalArgumentException if there is no such job
     */
    public Optional<String> drillCommand(String name) {
        get(name);
        RouteDefinition route = ((ModelCamelContext) context).getRouteDefinition(name);
        return Optional.ofNullable(
                new Parameters(route.getRouteTemplateContext().getParameters()).text("drill-command"));
    }

    private static boolean isJob(RouteDefinition route) {
        Map<String, Object> parameters = route.getTemplateParameters();
        return parameters != null
                && route.getRouteTemplateContext() != null
                && parameters.containsKey("root")
                && parameters.containsKey("known-hosts");
    }

    private Job job(RouteDefinition route) {
        Map<String, Object> parameters = route.getRouteTemplateContext().getParameters();
        RenamedSetting.refuse(route.getRouteId(), parameters, context.getPropertiesComponent()::resolveProperty);
        Parameters p = new Parameters(parameters);
        Target target = new Target(
                p.text("host"),
                Integer.parseInt(p.text("port")),
                p.text("user"),
                p.path("key"),
                p.secret("passphrase"),
                p.secret("password"),
                p.path("known-hosts"),
                VerificationMethod.named(p.text("verify")),
                SshPath.parse(p.text("ssh-path")),
                HashProgram.named(p.text("verify.command")),
                verifyLogin(p));
        return new Job(
                route.getRouteId(),
                p.path("source"),
                p.text("root"),
                Duration.ofMillis(TimeUtils.toMilliSeconds(p.text("ready"))),
                p.text("done-file"),
                AfterCommitAction.named(p.text("after")),
                p.path("move-to"),
                DatedBy.named(p.text("dated-by")),
                new DatedFolder(p.text("folder-format")),
                p.text("zone") == null ? ZoneId.systemDefault() : ZoneId.of(p.text("zone")),
                retention(route, p),
                new PruneSettings(
                        p.text("prune").equals(PruneSettings.NEVER),
                        Duration.ofMillis(TimeUtils.toMilliSeconds(p.text("trash"))),
                        Integer.parseInt(p.text("plausible").replace("%", ""))),
                Integer.parseInt(p.text("parallel")),
                isDefault(route, "parallel"),
                p.text("limit") == null ? BandwidthLimit.NONE : BandwidthLimit.parse(p.text("limit")),
                target);
    }

    private static VerifyLogin verifyLogin(Parameters p) {
        if (p.text("verify.user") == null) {
            return null;
        }
        String port = p.text("verify.port");
        // The passphrase belongs to the key: with a key of its own, this login has a passphrase of its own.
        boolean itsOwnKey = p.text("verify.key") != null;
        return new VerifyLogin(
                p.text("verify.user"),
                Integer.parseInt(port == null ? p.text("port") : port),
                itsOwnKey ? p.path("verify.key") : p.path("key"),
                itsOwnKey ? p.secret("verify.passphrase") : p.secret("passphrase"),
                SshPath.parse(p.text("verify.ssh-path")));
    }

    private RetentionPolicy retention(RouteDefinition route, Parameters p) {
        Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
        for (Rule rule : Rule.values()) {
            String count = p.text(rule.key());
            if (count != null) {
                counts.put(
                        rule, count.equals(RetentionPolicy.ALL) ? RetentionPolicy.UNLIMITED : Integer.parseInt(count));
            }
        }
        Optional<Within> within = Optional.ofNullable(p.text("keep-within")).map(Within::parse);
        if ((counts.size() > 1 || within.isPresent()) && isDefault(route, Rule.NEWEST.key())) {
            counts.remove(Rule.NEWEST);
        }
        return new RetentionPolicy(counts, within);
    }

    /** Whether it is known that whoever made the job said nothing of that parameter. */
    private boolean isDefault(RouteDefinition route, String parameter) {
        return context.getRegistry().findByType(RouteTemplateParameterSource.class).stream()
                .map(source -> source.parameters(route.getRouteId()))
                .filter(Objects::nonNull)
                .anyMatch(given -> !given.containsKey(parameter));
    }

    private final class Parameters {
        private final Map<String, Object> values;

        Parameters(Map<String, Object> values) {
            this.values = values;
        }

        /** The value with its placeholders resolved, or null where it is empty. */
        String text(String name) {
            // camel-main hands over what was written known-hosts as knownHosts, beside the default.
            Object value = values.getOrDefault(StringHelper.dashToCamelCase(name), values.get(name));
            String text = value == null ? "" : context.resolvePropertyPlaceholders(value.toString());
            return text.isEmpty() ? null : text;
        }

        /** The value, or else the first line of the file that is named instead; what the job itself says wins. */
        String secret(String name) {
            Path file = path(name + "-file");
            boolean itsOwn = isOfJob(name + "-file") && !isOfJob(name);
            if (file == null || (text(name) != null && !itsOwn)) {
                return text(name);
            }
            try {
                return Files.readString(file).lines().findFirst().orElse(null);
            } catch (IOException e) {
                throw new UncheckedIOException("%s-file cannot be read".formatted(name), e);
            }
        }

        /** Whether the job itself says it, rather than taking what is said for all jobs. */
        private boolean isOfJob(String name) {
            String camelCase = StringHelper.dashToCamelCase(name);
            boolean written = !camelCase.equals(name) && values.containsKey(camelCase);
            return written || !("{{offsite." + name + ":}}").equals(values.get(name));
        }

        Path path(String name) {
            String text = text(name);
            return text == null ? null : Path.of(text);
        }
    }
}
