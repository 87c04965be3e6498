package dev.offsite.component;

import dev.offsite.io.Placeholders;
import dev.offsite.io.TextFile;
import dev.offsite.job.CronTimes;
import dev.offsite.job.Job;
import dev.offsite.job.JobParser;
import dev.offsite.job.Jobs;
import dev.offsite.job.RenamedSetting;
import dev.offsite.job.Setting;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.openssh.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.TimeUtils;

/**
 * The jobs of a Camel context: every route made from the template {@code ship}, wherever its parameters were set
 * (application.properties, Spring Boot, Java).
 */
public final class CamelJobs implements Jobs {

    /** The job of each route, parsed at first use. */
    private final Map<RouteDefinition, Parsed> parsed = Collections.synchronizedMap(new WeakHashMap<>());

    private final ModelCamelContext context;

    private record Parsed(
            Job job,
            Optional<String> drillCommand,
            Commands commands,
            Optional<String> schedule,
            Parameters parameters) {}

    CamelJobs(CamelContext context) {
        this.context = (ModelCamelContext) context;
    }

    @Override
    public List<Job> all() {
        return context.getRouteDefinitions().stream()
                .filter(this::isJob)
                .map(route -> parsed.computeIfAbsent(route, this::parse).job())
                .toList();
    }

    @Override
    public Job get(String name) {
        return find(name).job();
    }

    @Override
    public Optional<String> drillCommand(String name) {
        return find(name).drillCommand();
    }

    @Override
    public Commands commands(String name) {
        return find(name).commands();
    }

    @Override
    public Optional<CronTimes> schedule(String name) {
        Parsed found = find(name);
        return found.schedule().map(cron -> new CronTimes(cron, found.job().zone()));
    }

    @Override
    public Optional<String> ping(String name) {
        return Optional.ofNullable(find(name).parameters().secret("ping"));
    }

    private Parsed find(String name) {
        RouteDefinition route = context.getRouteDefinition(name);
        if (route == null || !isJob(route)) {
            throw new IllegalArgumentException(
                    "There is no job '%s'; the configuration has %s".formatted(name, names()));
        }
        return parsed.computeIfAbsent(route, this::parse);
    }

    /** A route does not record its template, but it has all parameters that the template always has. */
    private boolean isJob(RouteDefinition route) {
        RouteTemplateDefinition template = context.getRouteTemplateDefinition(TEMPLATE);
        return template != null
                && route.getRouteTemplateContext() != null
                && route.getTemplateParameters() != null
                && template.getTemplateParameters().stream()
                        .filter(parameter -> parameter.getDefaultValue() != null || parameter.isRequired())
                        .allMatch(parameter -> route.getTemplateParameters().containsKey(parameter.getName()));
    }

    private Parsed parse(RouteDefinition route) {
        Map<String, Object> given = route.getRouteTemplateContext().getParameters();
        RenamedSetting.refuse(route.getRouteId(), given, context.getPropertiesComponent()::resolveProperty);
        Parameters parameters = new Parameters(context, given);
        Map<String, String> values = new HashMap<>();
        context.getRouteTemplateDefinition(TEMPLATE)
                .getTemplateParameters()
                .forEach(parameter -> values.put(parameter.getName(), parameters.value(parameter.getName())));
        refuseUnknown(route, values.keySet());
        Job job = new JobParser(
                        values,
                        name -> isDefault(route, name),
                        text -> Duration.ofMillis(TimeUtils.toMilliSeconds(text)),
                        new SshConfigs(Surroundings.ofThisProcess()))
                .job(route.getRouteId());
        return new Parsed(
                job,
                Optional.ofNullable(values.get("drill-command")),
                new Commands(
                        Optional.ofNullable(values.get("before-command")),
                        Optional.ofNullable(values.get("after-command")),
                        Optional.ofNullable(values.get("failure-command")),
                        Duration.ofMillis(TimeUtils.toMilliSeconds(values.get("command-timeout")))),
                Optional.ofNullable(values.get("schedule")),
                parameters);
    }

    /**
     * Refuses a setting that the route of another version does not have, which would be passed over in silence: a job with
     * encrypt-to would ship in plain.
     */
    private void refuseUnknown(RouteDefinition route, Set<String> known) {
        Map<String, Object> given = route.getRouteTemplateContext().getParameters();
        for (Setting setting : Setting.ofJob()) {
            String key = setting.key();
            if (known.contains(key)) {
                continue;
            }
            boolean ofAll = setting.scope() == Setting.Scope.TARGET
                    && !context.getPropertiesComponent()
                            .resolveProperty(setting.globalKey())
                            .orElse("")
                            .isBlank();
            if (ofAll || given.containsKey(key) || given.containsKey(StringHelper.dashToCamelCase(key))) {
                throw new IllegalArgumentException(
                        "%s is set, but the route template %s is of another version and does not have it: replace your ship.camel.yaml with that of this version"
                                .formatted(key, TEMPLATE));
            }
        }
    }

    /** Whether the job is known not to set the parameter. */
    private boolean isDefault(RouteDefinition route, String parameter) {
        return context.getRegistry().findByType(RouteTemplateParameterSource.class).stream()
                .map(source -> source.parameters(route.getRouteId()))
                .filter(Objects::nonNull)
                .anyMatch(given -> !given.containsKey(parameter));
    }

    private record Parameters(CamelContext context, Map<String, Object> given) {
        /** Parameters that may be read from a file instead. */
        private static final Set<String> SECRETS = Set.of("passphrase", "password", "verify.passphrase");

        String value(String name) {
            return SECRETS.contains(name) ? secret(name) : text(name);
        }

        /** The value with placeholders resolved; null if empty. */
        private String text(String name) {
            // camel-main passes known-hosts as knownHosts, in addition to the default.
            Object value = given.getOrDefault(StringHelper.dashToCamelCase(name), given.get(name));
            String text = value == null ? "" : Placeholders.resolve(context, value.toString());
            return text.isEmpty() ? null : text;
        }

        /** The value, or else the first line of the file named instead; the job's own setting wins. */
        private String secret(String name) {
            String file = text(name + "-file");
            boolean itsOwn = isOfJob(name + "-file") && !isOfJob(name);
            if (file == null || (text(name) != null && !itsOwn)) {
                return text(name);
            }
            try {
                return TextFile.read(Path.of(file)).lines().findFirst().orElse(null);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "%s-file: %s cannot be read: %s".formatted(name, file, e.getMessage()), e);
            }
        }

        /** Whether the job sets it, as opposed to the settings for all jobs. */
        private boolean isOfJob(String name) {
            String camelCase = StringHelper.dashToCamelCase(name);
            boolean written = !camelCase.equals(name) && given.containsKey(camelCase);
            return written || !("{{offsite." + name + ":}}").equals(given.get(name));
        }
    }
}
