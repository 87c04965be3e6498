package dev.offsite.cli;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars that only some configurations need: folders below {@code lib/} of the distribution. They are not on the
 * command's class path, so that a run without them starts faster. Elsewhere, as in tests, all is on the class path.
 */
final class Extensions extends URLClassLoader {

    /** Our own classes that use those jars; the parent has them too, but cannot link them. */
    private static final List<String> OURS = List.of("dev.offsite.metrics.http.", "dev.offsite.cluster.postgres.");

    private static final String HTTP = "http";
    private static final String CLUSTER = "cluster";
    private static final String NOTIFY = "notify";
    /** The user's own. */
    private static final String EXT = "ext";

    private final List<URL> jars;

    static {
        registerAsParallelCapable();
    }

    private Extensions(List<URL> jars, ClassLoader parent) {
        super("extensions", jars.toArray(URL[]::new), parent);
        this.jars = jars;
    }

    /**
     * Makes the loader that a context with this configuration needs the one of this thread, and returns it; the threads
     * that this thread starts inherit it. A service that is loaded anew keeps its loader if the jars are the same.
     */
    static ClassLoader load(Configuration configuration, boolean service) {
        ClassLoader own = Extensions.class.getClassLoader();
        Thread thread = Thread.currentThread();
        List<URL> jars = CamelApplication.home()
                .map(home -> jars(home.resolve("lib"), folders(configuration, service)))
                .orElse(List.of());
        if (jars.isEmpty()) {
            return own;
        }
        ClassLoader before = thread.getContextClassLoader();
        if (before instanceof Extensions same && same.jars.equals(jars)) {
            return same;
        }
        // Not closed: threads of libraries may still end after the context.
        ClassLoader loader = new Extensions(jars, own);
        thread.setContextClassLoader(loader);
        return loader;
    }

    /** Which folders the configuration needs. */
    static List<String> folders(Configuration configuration, boolean service) {
        List<String> folders = new ArrayList<>();
        if (service && isSet(configuration, "offsite.http.port")) {
            folders.add(HTTP);
        }
        if (ConfiguredCluster.settings(configuration).url().isPresent()) {
            folders.add(CLUSTER);
        }
        boolean tells = isSet(configuration, "offsite.notify") || isSet(configuration, "offsite.ping");
        if (tells) {
            folders.add(NOTIFY);
        }
        if (service || tells) {
            folders.add(EXT);
        }
        return folders;
    }

    private static boolean isSet(Configuration configuration, String prefix) {
        return configuration.properties().stringPropertyNames().stream().anyMatch(key -> key.startsWith(prefix));
    }

    private static List<URL> jars(Path lib, List<String> folders) {
        List<URL> jars = new ArrayList<>();
        for (String folder : folders) {
            try (Stream<Path> files = Files.list(lib.resolve(folder))) {
                for (Path jar : files.filter(file -> file.toString().endsWith(".jar"))
                        .sorted()
                        .toList()) {
                    jars.add(jar.toUri().toURL());
                }
            } catch (MalformedURLException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                if (!folder.equals(EXT)) {
                    throw new CommandException("the folder %s cannot be read (%s): install the whole distribution again"
                            .formatted(lib.resolve(folder), Failures.line(e)));
                }
            }
        }
        if (folders.contains(HTTP) || folders.contains(CLUSTER)) {
            jars.add(Extensions.class.getProtectionDomain().getCodeSource().getLocation());
        }
        return jars;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (OURS.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }
}
