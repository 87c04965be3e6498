package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.ClusterSettings;
import dev.offsite.job.Setting;
import dev.offsite.support.FreePort;
import dev.offsite.support.KubernetesManifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Probe;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code examples/kubernetes}. There is no Kubernetes here: its own models check the manifests, and the rest runs as processes. */
@Timeout(240)
class KubernetesExampleIT {

    private static final Path FOLDER = Path.of("examples/kubernetes");
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String PORT = "9464";

    @TempDir
    Path folder;

    @Test
    void kubernetesTakesEachManifest() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> manifests =
                    files.filter(file -> file.toString().endsWith(".yaml")).toList();
            assertThat(manifests).hasSize(5).allSatisfy(file -> assertThat(
                            KubernetesManifest.parse(Files.readString(file)).problems())
                    .as("%s", file)
                    .isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    deployment.yaml    | replicas: 3                     | replica: 3                   | `replica`
                    deployment.yaml    | livenessProbe:                  | livelinessProbe:             | `livelinessProbe`
                    deployment.yaml    | mountPath: /tmp                 | mountpath: /tmp              | `mountpath`
                    deployment.yaml    | emptyDir: {}                    | emptydir: {}                 | `emptydir`
                    deployment.yaml    | readOnlyRootFilesystem: true    | readOnlyFilesystem: true     | `readOnlyFilesystem`
                    deployment.yaml    | replicas: 3                     | replicas: three              | three
                    deployment.yaml    | replicas: 3                     | replicas: "3"                | .spec.replicas: "3"
                    deployment.yaml    | readOnlyRootFilesystem: true    | readOnlyRootFilesystem: "true" | readOnlyRootFilesystem: "true"
                    deployment.yaml    | args: [serve]                   | args: serve                  | `args`
                    deployment.yaml    | args: [serve]                   | args: [17]                   | .args[0]: 17
                    deployment.yaml    | apiVersion: apps/v1             | apiVersion: v1               | unknown: v1 Deployment
                    cronjob.yaml       | concurrencyPolicy: Forbid       | concurrency: Forbid          | `concurrency`
                    cronjob.yaml       | backoffLimit: 0                 | backOffLimit: 0              | `backOffLimit`
                    cronjob.yaml       | status: "True"                  | status: true                 | .status: true
                    cronjob.yaml       | schedule: "30 2 * * *"          | suspend: false               | `schedule`
                    configuration.yaml | kind: ConfigMap                 | kind: Configmap              | unknown: v1 Configmap
                    configuration.yaml | name: offsite                   | nam: offsite                 | `nam`
                    secret.yaml        | stringData:                     | stringdata:                  | `stringdata`
                    secret.yaml        | type: Opaque                    | type: 1                      | .type: 1
                    source.yaml        | [ReadWriteMany]                 | ReadWriteMany                | `accessModes`
                    source.yaml        | storage: 100Gi                  | storage: much                | quantity
                    """)
    void andNoMistake(String file, String right, String wrong, String said) throws IOException {
        String manifest = read(file);
        assertThat(manifest).contains(right);
        assertThat(KubernetesManifest.parse(manifest.replace(right, wrong)).problems())
                .singleElement()
                .asString()
                .contains(said);
    }

    @Test
    void bothFormsRunAsTheUserOfTheImageAndWriteNothingButTheStateAndTheSource() throws IOException {
        V1PodSpec service = service();
        V1PodSpec job = job();
        assertThat(Pattern.compile("(?m)^USER (\\d+):(\\d+)$")
                        .matcher(read("Containerfile"))
                        .results())
                .singleElement()
                .satisfies(user -> assertThat(List.of(
                                service.getSecurityContext().getRunAsUser(),
                                service.getSecurityContext().getRunAsGroup()))
                        .containsExactly(Long.valueOf(user.group(1)), Long.valueOf(user.group(2))));
        for (V1PodSpec pod : List.of(service, job)) {
            assertThat(pod.getSecurityContext()).isEqualTo(service.getSecurityContext());
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getTerminationGracePeriodSeconds())
                    .as("that of the units")
                    .isEqualTo(Duration.ofMinutes(30).toSeconds());
            assertThat(pod.getVolumes()).isEqualTo(service.getVolumes());
            V1Container container = pod.getContainers().get(0);
            assertThat(container.getImage()).isEqualTo(only(service).getImage());
            assertThat(container.getResources()).isEqualTo(only(service).getResources());
            assertThat(container.getVolumeMounts()).isEqualTo(only(service).getVolumeMounts());
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
        }
        assertThat(Files.readString(Path.of("src/main/dist/systemd/offsite.service")))
                .contains("TimeoutStopSec=30min\n");
        assertThat(job().getRestartPolicy())
                .as("no second try hides an exit code")
                .isEqualTo("Never");
    }

    @Test
    void whatIsNamedIsThere() throws IOException {
        V1PodSpec pod = service();
        assertThat(only(pod).getVolumeMounts())
                .extracting(V1VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(
                        pod.getVolumes().stream().map(V1Volume::getName).toList());
        V1ConfigMap map = parse("configuration.yaml").as(V1ConfigMap.class);
        V1Secret secret = parse("secret.yaml").as(V1Secret.class);
        assertThat(pod.getVolumes().get(0).getProjected().getSources().stream()
                        .map(source -> source.getConfigMap() == null
                                ? "Secret " + source.getSecret().getName()
                                : "ConfigMap " + source.getConfigMap().getName()))
                .containsExactly(
                        "ConfigMap " + map.getMetadata().getName(),
                        "Secret " + secret.getMetadata().getName());
        assertThat(pod.getVolumes()
                        .get(pod.getVolumes().size() - 1)
                        .getPersistentVolumeClaim()
                        .getClaimName())
                .isEqualTo(parse("source.yaml")
                        .as(V1PersistentVolumeClaim.class)
                        .getMetadata()
                        .getName());

        Properties configuration = configuration();
        assertThat(secret.getStringData().keySet())
                .containsExactlyInAnyOrder(
                        configuration.getProperty("offsite.key"),
                        configuration.getProperty("offsite.cluster.password-file"));
        assertThat(map.getData())
                .containsOnlyKeys("application.properties", configuration.getProperty("offsite.known-hosts"));
        assertThat(mountPaths(pod))
                .contains("/etc/offsite", configuration.getProperty("camel.routeTemplate[db].source"))
                .anyMatch(path -> configuration.getProperty("offsite.state").startsWith(path + "/"));
        assertThat(configuration.getProperty("offsite.http.port")).isEqualTo(PORT);
        assertThat(configuration.stringPropertyNames().stream().filter(key -> key.startsWith("offsite.")))
                .isSubsetOf(
                        Arrays.stream(Setting.values()).map(Setting::globalKey).toList());
        assertThat(ClusterSettings.problem(configuration.getProperty("offsite.cluster")))
                .isEmpty();
        assertThat(configuration).as("the probes ask 127.0.0.1").doesNotContainKey("offsite.http.host");
    }

    private static List<String> mountPaths(V1PodSpec pod) {
        return only(pod).getVolumeMounts().stream()
                .map(V1VolumeMount::getMountPath)
                .toList();
    }

    @Test
    void noSecretIsInTheRepository() throws IOException {
        assertThat(parse("secret.yaml").as(V1Secret.class).getStringData().values())
                .allMatch(value -> value.startsWith("REPLACE-ME "));
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(file).content().doesNotContain("PRIVATE KEY-", "b3BlbnNzaC"));
        }
    }

    /** {@code bench/package/run} runs these very steps in a clean Debian; here they are held to those of its other checks. */
    @Test
    void theImageIsInstalledAsTheTestedPackage() throws IOException {
        String file = read("Containerfile");
        String test = Files.readString(Path.of("bench/package/run"));
        String install = "install (--no-install-recommends [a-z -]*)/packages/[a-z]+\\.deb";

        String suite = Pattern.compile("(?m)^suite=\\$\\{1:-(\\w+)}$")
                .matcher(test)
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
        assertThat(file.lines().filter(line -> line.startsWith("FROM ")))
                .containsExactly("FROM debian:%s-slim".formatted(suite));
        assertThat(groups(install, file))
                .singleElement()
                .isEqualTo(groups(install, test).get(0));
        assertThat(file)
                .as("as the package makes it")
                .contains("--home-dir /var/lib/offsite --shell /usr/sbin/nologin offsite\n")
                .endsWith("\nENTRYPOINT [\"offsite\"]\nCMD [\"serve\"]\n");
        assertThat(test).contains("examples/kubernetes/Containerfile");
        assertThat(file.lines().filter(line -> line.matches("(ADD|ENV|ARG|COPY) .*")))
                .as("what goes into the image")
                .containsExactly("COPY offsite_*_all.deb /packages/new.deb");
    }

    @Test
    @RequiresSshd
    void theConfigurationShipsAndTheProbesTellWhetherTheServiceRuns() throws IOException {
        String port = String.valueOf(FreePort.find());
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("server"))) {
            TestSite site = TestSite.of(folder, server).asProcess();
            // Where it is here. Nodes and their database have tests of their own.
            configuration().forEach((key, value) -> {
                String name = String.valueOf(key);
                if (!name.matches("offsite\\.(host|port|user|key|known-hosts|state|cluster.*|http\\.port)")
                        && !name.matches(".*\\.(templateId|source|root)")) {
                    site.set(name, String.valueOf(value));
                }
            });
            site.target("http.port", port);
            site.backup("app.dump", "content");
            Result shipped = site.run(only(job()).getArgs().toArray(String[]::new));
            assertThat(shipped.exit()).as("%s", shipped).isZero();
            assertThat(shipped.out()).contains("db: 1 file shipped and verified");

            V1Container container = only(service());
            assertThat(container.getStartupProbe().getExec())
                    .isEqualTo(container.getReadinessProbe().getExec());
            assertThat(probe(container.getLivenessProbe(), port).exit()).isNotZero();
            try (Running serving = site.start(container.getArgs().toArray(String[]::new))) {
                await().atMost(SOON)
                        .until(() -> probe(container.getReadinessProbe(), port).exit() == 0);
                assertThat(serving.err()).contains("serving db");
                assertThat(probe(container.getLivenessProbe(), port).exit()).isZero();
                V1Probe wrong = container.getLivenessProbe();
                wrong.getExec().getCommand().replaceAll(word -> word.replace("/health/", "/no-health/"));
                assertThat(probe(wrong, port).exit()).as("404 is no yes").isNotZero();
                serving.process().destroy();
                assertThat(serving.end().exit()).isZero();
            }
        }
    }

    private Result probe(V1Probe probe, String port) {
        return TestSite.tool(
                folder,
                probe.getExec().getCommand().stream()
                        .map(word -> word.replace("127.0.0.1/" + PORT, "127.0.0.1/" + port))
                        .toArray(String[]::new));
    }

    private static List<String> groups(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1).strip())
                .toList();
    }

    private static String read(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }

    private static KubernetesManifest parse(String file) throws IOException {
        return KubernetesManifest.parse(read(file));
    }

    private static V1PodSpec service() throws IOException {
        return parse("deployment.yaml")
                .as(V1Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static V1PodSpec job() throws IOException {
        return parse("cronjob.yaml")
                .as(V1CronJob.class)
                .getSpec()
                .getJobTemplate()
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static V1Container only(V1PodSpec pod) {
        assertThat(pod.getContainers()).hasSize(1);
        return pod.getContainers().get(0);
    }

    private static Properties configuration() throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(
                parse("configuration.yaml").as(V1ConfigMap.class).getData().get("application.properties")));
        return properties;
    }
}
