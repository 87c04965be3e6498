package dev.offsite.cli;

import dev.offsite.io.StateException;
import dev.offsite.io.TextFile;
import dev.offsite.job.Setting;
import dev.offsite.notify.Ping;
import dev.offsite.notify.PingLog;
import dev.offsite.notify.PingUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pings of one run of ship: one dead man's switch may be that of several jobs. */
final class ShipPings implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** By the addresses: the pings, and what they are told of each of their jobs. */
    private final Map<PingUrl, Ping> pings = new LinkedHashMap<>();

    private final Map<PingUrl, Map<String, String>> summaries = new LinkedHashMap<>();
    private final Map<String, PingUrl> urls;
    private final Map<String, Integer> exitCodes = new TreeMap<>();
    private String failure = "";
    private boolean started;

    private ShipPings(Map<String, PingUrl> urls) {
        this.urls = urls;
    }

    static ShipPings of(Configuration configuration, List<String> names) {
        Map<String, PingUrl> all = new TreeMap<>();
        for (String job : configuration.jobs()) {
            Optional<PingUrl> url = url(configuration, job);
            if (url.isPresent()) {
                all.put(job, url.get());
            }
        }
        if (all.isEmpty() && !PingLog.isAny(configuration.state().toString())) {
            return new ShipPings(all);
        }
        try {
            new PingLog(configuration.state().toString()).keep(List.copyOf(all.values()));
        } catch (StateException e) {
            LOG.warn("ping: {}", e.getMessage());
        }
        all.keySet().retainAll(names);
        ShipPings run = new ShipPings(all);
        all.forEach((job, url) -> {
            run.pings.computeIfAbsent(
                    url, one -> new Ping(one, configuration.state().toString(), Clock.systemUTC()));
            run.summaries.computeIfAbsent(url, one -> new LinkedHashMap<>());
        });
        return run;
    }

    /** What the job sets wins over what is set for all. An address that cannot be used stops no run. */
    private static Optional<PingUrl> url(Configuration configuration, String job) {
        Map<String, String> values = configuration.values();
        for (boolean own : List.of(true, false)) {
            String urlKey = own ? Setting.PING.jobKey(job) : Setting.PING.globalKey();
            String fileKey = own ? Setting.PING_FILE.jobKey(job) : Setting.PING_FILE.globalKey();
            String file = values.getOrDefault(fileKey, "");
            String url = values.getOrDefault(urlKey, "");
            if (!url.isEmpty()) {
                return Optional.of(PingUrl.parse(url));
            }
            if (!file.isEmpty()) {
                return read(fileKey, Path.of(file));
            }
        }
        return Optional.empty();
    }

    private static Optional<PingUrl> read(String key, Path file) {
        try {
            return Optional.of(
                    PingUrl.parse(TextFile.read(file).lines().findFirst().orElse("")));
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{}: nobody is pinged: {}: {}", key, file, Failures.line(e));
            return Optional.empty();
        }
    }

    /** The run begins: no other one is active. */
    void start() {
        started = true;
        for (Ping ping : pings.values()) {
            ping.start();
        }
    }

    void ended(String job, int exitCode, String summary) {
        exitCodes.put(job, exitCode);
        if (urls.containsKey(job)) {
            summaries.get(urls.get(job)).put(job, summary);
        }
    }

    /** The run ends with a failure that is of no job alone. */
    void failed(Throwable e) {
        failure = Objects.requireNonNullElse(Failures.line(e), "") + "\n";
    }

    /** Says how the run ended. */
    @Override
    public void close() {
        for (Map.Entry<PingUrl, Ping> ping : pings.entrySet()) {
            if (started) {
                String text = String.join("\n", summaries.get(ping.getKey()).values()) + "\n" + failure;
                ping.getValue().end(isWell(ping.getKey()), text);
            }
            ping.getValue().close();
        }
    }

    private boolean isWell(PingUrl url) {
        return failure.isEmpty()
                && urls.entrySet().stream()
                        .filter(job -> job.getValue().equals(url))
                        .allMatch(job -> exitCodes.getOrDefault(job.getKey(), ExitCode.FAILED) == ExitCode.OK);
    }
}
