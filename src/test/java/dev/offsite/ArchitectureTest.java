package dev.offsite;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.remote.SftpOperations;
import org.junit.jupiter.api.Test;

/** The rules of CONTRIBUTING.md for packages and sizes. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.offsite");

    private static final Path MAIN = Path.of("src/main/java/dev/offsite");

    /** What blocks until something happens, if it is not given a time. */
    private static final Map<Class<?>, Set<String>> WAITS = Map.of(
            Object.class, Set.of("wait"),
            Future.class, Set.of("get", "join"),
            CountDownLatch.class, Set.of("await"),
            CyclicBarrier.class, Set.of("await"),
            Condition.class, Set.of("await", "awaitUninterruptibly"),
            Semaphore.class, Set.of("acquire", "acquireUninterruptibly"),
            BlockingQueue.class, Set.of("take", "put"),
            CompletionService.class, Set.of("take"),
            Thread.class, Set.of("join"),
            Process.class, Set.of("waitFor"));

    private static final int MOST_FILES = 25;
    private static final int MOST_LINES = 350;

    @Test
    void packagesFormNoCircle() {
        slices().matching("dev.offsite.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheComponentKnowsExchanges() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.offsite.component..")
                .and()
                // What camel-ftp's producers connect with is handed one, and only hands it on.
                .areNotAssignableTo(SftpOperations.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Exchange.class)
                .check(CLASSES);
    }

    @Test
    void onlySftpAndExecKnowSshLibraries() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.offsite.sftp..", "dev.offsite.exec..", "dev.offsite.demo..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.jcraft..", "org.apache.sshd..")
                .check(CLASSES);
    }

    @Test
    void theDemoKnowsOnlyTheServersLibrary() {
        noClasses()
                .that()
                .resideInAPackage("dev.offsite.demo..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.jcraft..")
                .check(CLASSES);
    }

    @Test
    void whatIsPureKnowsNeitherCamelNorSsh() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.offsite.retention..",
                        "dev.offsite.manifest..",
                        "dev.offsite.job..",
                        "dev.offsite.openssh..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.camel..", "com.jcraft..", "org.apache.sshd..")
                .check(CLASSES);
    }

    /** Invariant 12: every wait ends. {@code io.Activity} waits as long as something moves. */
    @Test
    void noWaitIsWithoutADeadline() {
        noClasses()
                .should()
                .callMethodWhere(new DescribedPredicate<>("it waits without a deadline") {
                    @Override
                    public boolean test(JavaMethodCall call) {
                        return isEndless(call.getTarget());
                    }
                })
                .check(CLASSES);
    }

    private static boolean isEndless(AccessTarget.MethodCallTarget called) {
        Set<String> names = WAITS.entrySet().stream()
                .filter(one -> called.getOwner().isAssignableTo(one.getKey()))
                .flatMap(one -> one.getValue().stream())
                .collect(Collectors.toSet());
        boolean timed = called.getRawParameterTypes().stream()
                .anyMatch(type -> type.isEquivalentTo(long.class) || type.isEquivalentTo(Duration.class));
        return names.contains(called.getName()) && !timed;
    }

    @Test
    void noMethodReturnsObject() {
        noMethods()
                .that(new DescribedPredicate<>("no interface or superclass asks for") {
                    @Override
                    public boolean test(JavaMethod method) {
                        // Bodies of lambdas are synthetic; a type variable is not a class.
                        return !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                                && method.getReturnType() instanceof JavaClass
                                && !isInherited(method);
                    }
                })
                .should()
                .haveRawReturnType(Object.class)
                .check(CLASSES);
    }

    private static boolean isInherited(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return Stream.concat(owner.getAllRawSuperclasses().stream(), owner.getAllRawInterfaces().stream())
                .anyMatch(other -> other.tryGetMethod(
                                method.getName(),
                                method.getRawParameterTypes().stream()
                                        .map(JavaClass::getName)
                                        .toArray(String[]::new))
                        .isPresent());
    }

    @Test
    void noPackageHasTooManyFiles() throws IOException {
        Map<Path, Long> files = files().stream()
                .filter(file -> !file.getParent().endsWith("cli"))
                .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
        assertThat(files).allSatisfy((folder, number) -> assertThat(number).isLessThanOrEqualTo(MOST_FILES));
    }

    @Test
    void noFileIsTooLong() throws IOException {
        for (Path file : files()) {
            assertThat(Files.readAllLines(file)).as("%s", file).hasSizeLessThanOrEqualTo(MOST_LINES);
        }
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
