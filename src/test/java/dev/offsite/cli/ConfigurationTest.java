package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offsite.job.Setting;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    private static final String DB = "camel.routeTemplate[db].";

    @TempDir
    private Path folder;

    private final Map<String, String> keys = new TreeMap<>();

    @BeforeEach
    void aGoodConfiguration() throws IOException {
        Files.createDirectory(folder.resolve("backups"));
        Files.writeString(folder.resolve("known_hosts"), "");
        secretFile("key");
        keys.put("offsite.host", "backup.example.org");
        keys.put("offsite.user", "offsite");
        keys.put("offsite.key", "key");
        keys.put("offsite.known-hosts", "known_hosts");
        keys.put(DB + "templateId", "ship");
        keys.put(DB + "source", "backups");
        keys.put(DB + "root", "/srv/offsite/db");
    }

    private Path secretFile(String name) throws IOException {
        Path file = Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, name);
    }

    private Configuration load() {
        return Configuration.load(write());
    }

    /** The effective value of a setting of the job. */
    private static String value(Configuration configuration, Setting setting) {
        String shared = setting.scope() == Setting.Scope.TARGET ? setting.globalKey() : "";
        String fallback = configuration.properties().getProperty(shared, setting.defaultValue());
        return configuration.properties().getProperty(setting.jobKey("db"), fallback);
    }

    private Path write() {
        try {
            return Files.writeString(
                    folder.resolve("application.properties"),
                    keys.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue() + "\n")
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> problems() {
        CommandException refused = catchThrowableOfType(CommandException.class, this::load);
        assertThat(refused).as("the configuration is refused").isNotNull();
        assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        String file = folder.resolve("application.properties") + ": ";
        return refused.getMessage()
                .lines()
                .map(line -> {
                    assertThat(line).startsWith(file);
                    return line.substring(file.length());
                })
                .toList();
    }

    @Test
    void fillsInTheDefaults() {
        Configuration configuration = load();

        assertThat(configuration.jobs()).containsExactly("db");
        assertThat(value(configuration, Setting.HOST)).isEqualTo("backup.example.org");
        assertThat(value(configuration, Setting.ROOT)).isEqualTo("/srv/offsite/db");
        assertThat(configuration.state()).isEqualTo(folder.resolve("state"));
        Setting.ofJob().stream()
                .filter(s -> s.defaultValue() != null
                        && !Set.of(Setting.KEY, Setting.USER, Setting.KNOWN_HOSTS)
                                .contains(s))
                .forEach(s -> assertThat(value(configuration, s)).as(s.key()).isEqualTo(s.defaultValue()));
    }

    @Test
    void aKeyOfTheTargetOnAJobWins() {
        keys.put(DB + "host", "other.example.org");
        keys.put(DB + "port", "2222");

        assertThat(value(load(), Setting.HOST)).isEqualTo("other.example.org");
        assertThat(value(load(), Setting.PORT)).isEqualTo("2222");
    }

    @Test
    void relativePathsAreRelativeToTheFile() {
        assertThat(value(load(), Setting.SOURCE))
                .isEqualTo(folder.resolve("backups").toString());
        assertThat(value(load(), Setting.KNOWN_HOSTS))
                .isEqualTo(folder.resolve("known_hosts").toString());
    }

    @Test
    void aTildeIsTheHome() {
        keys.put("offsite.state", "~/offsite-state");

        assertThat(load().state()).isEqualTo(Path.of(System.getProperty("user.home"), "offsite-state"));
    }

    @Test
    void aTrailingSlashOfARootIsDropped() {
        keys.put(DB + "root", "/srv/offsite/db/");

        assertThat(value(load(), Setting.ROOT)).isEqualTo("/srv/offsite/db");
    }

    @Test
    void blanksAroundAValueAreNoPartOfIt() {
        keys.put(DB + "port", "2222 ");
        keys.put(DB + "keep", "3\t");
        keys.put("offsite.retries", "5 ");

        assertThat(load().properties())
                .containsEntry(DB + "port", "2222")
                .containsEntry(DB + "keep", "3")
                .containsEntry("offsite.retries", "5");
    }

    @Test
    void keysMayBeWrittenInCamelCase() {
        keys.remove("offsite.known-hosts");
        keys.put(DB + "knownHosts", "known_hosts");

        assertThat(value(load(), Setting.KNOWN_HOSTS))
                .isEqualTo(folder.resolve("known_hosts").toString());
    }

    @Test
    void retriesMayComeFromTheEnvironment() {
        keys.put("offsite.retries", "{{env:OFFSITE_NO_SUCH_VARIABLE:5}}");

        assertThat(load().retries()).isEqualTo(5);
    }

    @Test
    void placeholdersAreResolvedForTheCheck() {
        keys.put("my.port", "99999");
        keys.put("offsite.port", "{{my.port}}");

        assertThat(problems()).containsExactly("offsite.port: '99999' is not between 1 and 65535");
    }

    @Test
    void otherTemplatesAndKeysAreTheUsersOwn() throws IOException {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        Files.writeString(routes.resolve("mine.camel.yaml"), "- routeTemplate:\n    id: my-dump\n");
        keys.put("camel.routeTemplate[dump].templateId", "my-dump");
        keys.put("camel.routeTemplate[dump].anything", "goes");
        keys.put("chat.url", "http://chat.example.org");

        assertThat(load().jobs()).containsExactly("db");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready", "recursive", "parallel", "poll", "port", "password-file"})
    void anEmptyValueIsNoDefault(String key) {
        keys.put(DB + key, "");

        assertThat(problems()).singleElement().asString().startsWith(DB + key + ": is empty");
    }

    @Test
    void keepIsNotItsDefaultWhereAnotherRuleIsGiven() {
        keys.put(DB + "keep-weekly", "4");
        assertThat(load().values().get(DB + "keep")).isEmpty();

        keys.put(DB + "keep", "");
        assertThat(load().values().get(DB + "keep")).isEmpty();

        keys.put(DB + "keep", "7");
        assertThat(load().values().get(DB + "keep")).isEqualTo("7");
    }

    @Test
    void anEmptyKeepKeepsAll() {
        keys.put(DB + "keep", "");

        assertThat(value(load(), Setting.KEEP)).isEqualTo("all");
    }

    @ParameterizedTest
    @ValueSource(strings = {"offsite.state", "offsite.retries", "offsite.prune.schedule"})
    void anEmptyGlobalValueIsNoDefault(String key) {
        keys.put(key, "");

        assertThat(problems()).singleElement().asString().startsWith(key + ": is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"offsite.host", "offsite.user", "offsite.known-hosts", DB + "source", DB + "root"})
    void whatMustBeGivenIsMissed(String key) {
        keys.remove(key);

        assertThat(problems()).singleElement().asString().startsWith(key + ": is missing (");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offsite.hots|; did you mean offsite.host?",
                "offsite.known_hosts|; did you mean offsite.known-hosts?",
                "offsite.prune.shedule|; did you mean offsite.prune.schedule?",
                "camel.routeTemplate[db].sorce|; did you mean source?",
                "camel.routeTemplate[db].x-y-z-nothing-like-it|; known are source, root,",
                "offsite.source|; known are offsite.host,"
            })
    void anUnknownKeyIsNamedWithTheNearest(String key, String hint) {
        keys.put(key, "x");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith(key + ": there is no such key")
                .contains(hint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port|0|is not between 1 and 65535",
                "port|65536|is not between 1 and 65535",
                "port|ssh|is no whole number",
                "keep|0|is less than 1",
                "keep|-1|is less than 1",
                "keep|All|is no whole number",
                "keep|seven|is no whole number",
                "keep-daily|0|is less than 1",
                "keep-weekly|-3|is less than 1",
                "keep-monthly|0|is less than 1",
                "keep-yearly|some|is no whole number",
                "keep-within|0d|is no time at all",
                "keep-within|-30d|is no period of years, months, weeks and days",
                "keep-within|30|is no period of years, months, weeks and days",
                "keep-within|48h|is no period of years, months, weeks and days",
                "prune|sometimes|must be one of always, never",
                "trash|7|has no unit",
                "trash|-1d|is no period",
                "plausible|half|is no share",
                "plausible|100%|is no share",
                "parallel|0|is not between 1 and 32",
                "parallel|33|is not between 1 and 32",
                "limit|0|'0' is no rate such as 10MiB/s",
                "limit|-1MiB/s|'-1MiB/s' is no rate",
                "limit|10MB/s|'10MB/s' is no rate",
                "limit|08:00-18:00 2MiB/s, 17:00-20:00 5MiB/s|'08:00-18:00 2MiB/s, 17:00-20:00 5MiB/s' has two rates for the same time",
                "recursive|yes|must be one of true, false",
                "ready|soon|is no period",
                "ready|10 bananas|is no period",
                "ready|10|has no unit; write 10s",
                "poll|60000|has no unit",
                "poll|0s|is no time at all",
                "folder-format|ddMMyyyy|does not sort by date",
                "folder-format|yyyyMM|does not tell the day",
                "folder-format|yyyy/MM/dd|is no name for a folder",
                "folder-format|nonsense|pattern",
                "zone|Mars/Olympus|is no time zone",
                "after|shred|must be one of keep, move, delete",
                "dated-by|mtime|must be one of run, file",
                "verify|sha256sum|'sha256sum' must be one of hash, readback, size; sha256sum is now called hash",
                "verify|md5|'md5' must be one of hash, readback, size",
                "verify.command|md5sum|'md5sum' must be one of auto, sha256sum, shasum, sha256, openssl",
                "schedule|every day|is no Quartz cron expression",
                "schedule|0 0 3 * * ? 2020|never comes again",
                "schedule|0 0 3 30 2 ?|never comes again",
                "schedule|30 4 * * *|is no Quartz cron expression",
                "include|a&b|has what Camel takes for something else",
                "exclude|a+b|has what Camel takes for something else",
                "done-file|${file:name}|is the file itself",
                "done-file|${file:size}.done|is no file name with",
                "done-file|*.done|is no file name with",
                "move-to|moved|does nothing where after is keep",
                "password|{{env:NAME:hunter2}}|no secret in this file",
                "poll|-5s|is no period",
                "root|srv/db|is not absolute",
                "root|/|is no place for backups",
                "root|/srv/../etc|has an empty, '.' or '..' part",
                "root|/srv//db|has an empty, '.' or '..' part",
                "root|/srv/./db|has an empty, '.' or '..' part",
                "root|/srv/${x}|has a character that a root cannot have",
                "source|what?|has what Camel takes for something else",
                "source|100%25|has what Camel takes for something else",
                "include|{{env:PATH}}{{env:PATH}}&|has what Camel takes for something else",
                "host|sftp://backup.example.org:2222|write host=backup.example.org, port=2222",
                "known-hosts|missing|ssh-keyscan",
                "key|missing|there is no file",
                "key|backups|there is no file",
                "password-file|missing|there is no file",
                "passphrase-file|missing|there is no file",
                "password|hunter2|no secret in this file",
                "passphrase|hunter2|no secret in this file",
                "host|{{env:OFFSITE_NO_SUCH_VARIABLE}}|cannot be resolved",
                "host|{{env:OFFSITE_NO_SUCH_VARIABLE:}}|is empty"
            })
    void aWrongValueIsNamed(String key, String value, String problem) {
        keys.put(DB + key, value);

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith(DB + key + ": ")
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "verify.port=22|verify.port|does nothing without offsite.verify.user",
                "verify.key=key|verify.key|does nothing without offsite.verify.user",
                "verify.ssh-path=/:/srv|verify.ssh-path|does nothing without offsite.verify.user",
                "verify.passphrase={{env:PATH}}|verify.passphrase|does nothing without offsite.verify.user",
                "verify.user=v verify.passphrase={{env:PATH}}|verify.passphrase|does nothing without offsite.verify.key",
                "verify.user=v verify.port=0|verify.port|is not between 1 and 65535",
                "verify.user=v verify.key=missing|verify.key|there is no file",
                "verify.user=v key= password={{env:PATH}}|verify.key|is missing; offsite.verify.user needs a key"
            })
    void theLoginThatVerifiesIsWholeOrNotThere(String said, String key, String problem) {
        for (String one : said.split(" ", -1)) {
            keys.put("offsite." + one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("offsite." + key + ": ")
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offsite.proof|is now called offsite.verify (hash, readback or size)",
                "offsite.proof.command|is now called offsite.verify.command (auto, sha256sum, shasum, sha256 or openssl)",
                "offsite.proofCommand|is now called offsite.verify.command (auto",
                "offsite.proof-command|is now called offsite.verify.command (auto",
                "camel.routeTemplate[db].proof|is now called camel.routeTemplate[db].verify (hash, readback or size)",
                "camel.route-template[db].proof|is now called camel.routeTemplate[db].verify (hash, readback or size)",
                "camel.routeTemplate[db].proof.command|is now called camel.routeTemplate[db].verify.command (auto",
                "camel.routeTemplate[db].proofCommand|is now called camel.routeTemplate[db].verify.command (auto",
                "camel.routeTemplate[db].proof-command|is now called camel.routeTemplate[db].verify.command (auto"
            })
    void aKeyOfAnEarlierVersionIsRefusedWithItsNameOfToday(String key, String problem) {
        keys.put(key, "readback");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith(key.replace("route-template", "routeTemplate") + ": ")
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offsite.prune.max|0|is less than 1",
                "offsite.prune.max|all|is no whole number",
                "offsite.limit|fast|'fast' is no rate",
                "offsite.limit|22:00-06:00 5MiB/s, 05:00-08:00 1MiB/s|has two rates for the same time",
                "offsite.retries|-1|is not between 0 and 100",
                "offsite.retries|101|is not between 0 and 100",
                "offsite.drill.schedule|every day|is no Quartz cron expression",
                "offsite.command-timeout|60|has no unit",
                "offsite.drill.budget|1GB|is no size such as 500MiB",
                "offsite.drill.budget|0B|is no size such as 500MiB",
                "offsite.drill.budget|much|is no size such as 500MiB",
                "offsite.prune.schedule|every day|is no Quartz cron expression",
                "offsite.prune.schedule|0 30 4 * *|is no Quartz cron expression",
                "offsite.scrub.schedule|every day|is no Quartz cron expression",
                "offsite.scrub.budget|50|has no unit; write such as 50GiB",
                "offsite.scrub.budget|a lot|is no size such as 50GiB"
            })
    void aWrongGlobalValueIsNamed(String key, String value, String problem) {
        keys.put(key, value);

        assertThat(problems()).singleElement().asString().startsWith(key + ": ").contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port|1",
                "port|65535",
                "keep|all",
                "keep|1",
                "keep-daily|all",
                "keep-within|1y6m2w3d",
                "trash|0",
                "trash|12h",
                "plausible|0",
                "plausible|99%",
                "parallel|1",
                "parallel|32",
                "ready|0s",
                "ready|1h",
                "ready|1h30m",
                "ready|500ms",
                "poll|5m"
            })
    void theBoundsThemselvesAreGood(String key, String value) {
        keys.put(DB + key, value);

        assertThat(value(load(), Setting.named(key, Setting.ofJob()).orElseThrow()))
                .isEqualTo(value);
    }

    @Test
    void aSecretIsNeverRepeated() {
        keys.put("offsite.password", "hunter2");

        assertThat(String.join("\n", problems())).doesNotContain("hunter2");
    }

    @Test
    void aSecretFromTheEnvironmentIsMasked() {
        keys.put("offsite.password", "{{env:PATH}}");

        String effective = new EffectiveConfiguration(load(), Instant.parse("2026-11-29T00:00:00Z")).text();

        assertThat(effective)
                .contains(DB + "password=********")
                .contains("environment PATH")
                .doesNotContain(System.getenv("PATH"), "{{env");
    }

    @ParameterizedTest
    @EnumSource(
            value = Setting.class,
            names = {"KEY", "PASSWORD_FILE", "PASSPHRASE_FILE"})
    void aSecretThatOthersCanReadIsRefused(Setting setting) throws IOException {
        Path file = secretFile("secret");
        keys.put(DB + setting.key(), "secret");
        for (String mode : List.of("rw----r--", "rw-r-----", "rw--w----", "rw-----w-")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

            assertThat(problems())
                    .as(mode)
                    .singleElement()
                    .asString()
                    .startsWith(DB + setting.key())
                    .contains("chmod 600");
        }
    }

    @Test
    void aFileThatHidesItsFirstLineIsNamed() throws IOException {
        Files.writeString(folder.resolve("known_hosts"), "\uFEFFbackup.example.org ssh-ed25519 AAAA");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("offsite.known-hosts: the file " + folder.resolve("known_hosts")
                        + " begins with a byte order mark");
    }

    @Test
    void anEmptySecretIsNone() throws IOException {
        Files.writeString(secretFile("password"), "");
        keys.put("offsite.password-file", "password");

        assertThat(problems()).singleElement().asString().endsWith("password is empty");
    }

    @Test
    void afterMoveMustSayWhereToAndNotIntoTheSource() {
        keys.put(DB + "after", "move");
        assertThat(problems()).singleElement().asString().startsWith(DB + "move-to: is missing");

        keys.put(DB + "move-to", "backups/moved");
        assertThat(problems()).singleElement().asString().startsWith(DB + "move-to: lies in the source folder");

        keys.put(DB + "move-to", "moved");
        assertThat(value(load(), Setting.MOVE_TO))
                .isEqualTo(folder.resolve("moved").toString());
    }

    @Test
    void theStateIsNoBackup() {
        keys.put("offsite.state", "backups/state");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith(DB + "source: ")
                .contains("state folder");
    }

    @Test
    void aJobMustNotTakeTheFilesOfAnother() {
        keys.put(DB + "after", "delete");
        keys.put("camel.routeTemplate[web].templateId", "ship");
        keys.put("camel.routeTemplate[web].source", "backups");
        keys.put("camel.routeTemplate[web].root", "/srv/offsite/web");
        assertThat(problems()).singleElement().asString().startsWith(DB + "after: is delete, and job web ships");

        keys.put(DB + "include", "*.sql");
        assertThat(load().jobs()).containsExactly("db", "web");
    }

    @Test
    void theCaseOfThePrefixIsNoMatter() {
        keys.put("camel.routetemplate[db].keep", "3");
        keys.put("camel.route-template[db].port", "2222");

        assertThat(value(load(), Setting.KEEP)).isEqualTo("3");
        assertThat(value(load(), Setting.PORT)).isEqualTo("2222");
    }

    @Test
    void aKeyThatIsThereInBothSpellingsIsNamed() {
        keys.put(DB + "known-hosts", "known_hosts");
        keys.put(DB + "knownHosts", "known_hosts");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith(
                        "line 2: " + DB + "knownHosts: is set twice, in line 1 too, there as " + DB + "known-hosts");
    }

    @Test
    void patternsMayHaveBlanksBetweenThem() {
        keys.put(DB + "include", "*.sql , *.gz");

        assertThat(load().properties()).containsEntry(DB + "include", "*.sql,*.gz");
    }

    @Test
    void configTellsWhereEachValueIsFrom() {
        keys.put(DB + "port", "2222");
        keys.put("offsite.port", "22022");
        keys.put("offsite.user", "{{env:LC_ALL}}");
        keys.put("my.keep", "3");
        keys.put(DB + "keep", "{{my.keep}}");
        keys.put("offsite.passphrase", "{{env:OFFSITE_NO_SUCH_VARIABLE:}}");
        keys.put(DB + "password", "{{env:PATH}}");

        assertThat(new EffectiveConfiguration(load(), Instant.parse("2026-11-29T00:00:00Z"))
                        .text()
                        .lines()
                        .map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "offsite.retries=2 # default",
                        DB + "port=2222 # file, not offsite.port=22022",
                        DB + "host=backup.example.org # offsite.host",
                        DB + "user=" + System.getenv("LC_ALL") + " # offsite.user, environment LC_ALL",
                        DB + "keep=3 # file, {{my.keep}}",
                        DB + "source=" + folder.resolve("backups") + " # file",
                        DB + "include= # not set",
                        DB + "passphrase= # offsite.passphrase, file, environment OFFSITE_NO_SUCH_VARIABLE is not set",
                        DB + "password=******** # environment PATH");
    }

    @Test
    void configNamesTimesThatTheClocksSkip() {
        keys.put(DB + "schedule", "0 30 2 * * ?");
        keys.put(DB + "zone", "Europe/Berlin");

        assertThat(new EffectiveConfiguration(load(), Instant.parse("2026-11-29T00:00:00Z"))
                        .text()
                        .lines())
                .contains(
                        "# " + DB
                                + "schedule: the clocks in Europe/Berlin skip 2027-03-28T02:30; that run is at 2027-03-28T03:30");
    }

    @Test
    void withoutAKeyAPasswordWillDo() throws IOException {
        secretFile("password");
        keys.remove("offsite.key");
        assertThat(problems()).containsExactly("offsite.key: is missing, and there is no password either");

        keys.put("offsite.password-file", "password");
        assertThat(load().jobs()).containsExactly("db");
    }

    @ParameterizedTest
    @CsvSource({"/srv/offsite/db,   lies below the root of job db", "/srv/offsite/db/x, lies below the root of job db"})
    void jobsMustNotShareARoot(String root, String ignored) {
        keys.put("camel.routeTemplate[web].templateId", "ship");
        keys.put("camel.routeTemplate[web].source", "backups");
        keys.put("camel.routeTemplate[web].root", root);

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("camel.routeTemplate[web].root: lies ")
                .contains("the root of job db (/srv/offsite/db); jobs must not share a root");
    }

    @Test
    void theSameRootOnAnotherServerOrANameThatOnlyBeginsAlikeIsFine() {
        for (String job : List.of("web", "wiki")) {
            keys.put("camel.routeTemplate[%s].templateId".formatted(job), "ship");
            keys.put("camel.routeTemplate[%s].source".formatted(job), "backups");
        }
        keys.put("camel.routeTemplate[web].root", "/srv/offsite/db");
        keys.put("camel.routeTemplate[web].host", "other.example.org");
        keys.put("camel.routeTemplate[wiki].root", "/srv/offsite/db2");

        assertThat(load().jobs()).containsExactly("db", "web", "wiki");
    }

    @Test
    void aMisspeltTemplateIsNamed() {
        keys.put("camel.routeTemplate[web].template-id", "shipp");
        keys.put("camel.routeTemplate[wiki].templateId", "elsewhere");

        assertThat(problems())
                .containsExactly(
                        "camel.routeTemplate[web].template-id: there is no route template 'shipp'; did you mean ship?",
                        "camel.routeTemplate[wiki].templateId: there is no route template 'elsewhere'; known are ship");
    }

    @Test
    void aJobWithoutTemplateIsNamed() {
        keys.remove(DB + "templateId");

        assertThat(problems()).contains(DB + "templateId: is missing; write templateId=ship");
    }

    @Test
    void everyProblemIsToldInOneGo() {
        keys.remove("offsite.user");
        keys.put("offsite.hots", "x");
        keys.put("offsite.retries", "many");
        keys.put(DB + "keep", "0");
        keys.put(DB + "root", "/");

        assertThat(problems())
                .hasSize(5)
                .anyMatch(p -> p.startsWith("offsite.user: "))
                .anyMatch(p -> p.startsWith("offsite.hots: "))
                .anyMatch(p -> p.startsWith("offsite.retries: "))
                .anyMatch(p -> p.startsWith(DB + "keep: "))
                .anyMatch(p -> p.startsWith(DB + "root: "));
    }

    @Test
    void theCommandEndsWithTwoAndTouchesNothing() throws IOException {
        keys.put(DB + "keep", "0");
        keys.put(DB + "port", "0");
        String file = write().toString();

        for (String verb : List.of("config", "ship", "prune", "serve")) {
            Result said = InJvm.run(verb, "-c", file);

            assertThat(said.exit()).as(verb).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(said.out()).isEmpty();
            assertThat(said.err().lines()).hasSize(2).allMatch(line -> line.startsWith("offsite: " + file + ": "));
        }
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void configPrintsWhatIsInEffect() {
        Result said = InJvm.run("config", "-c", write().toString());

        assertThat(said.exit()).isEqualTo(ExitCode.OK);
        assertThat(said.err()).isEmpty();
        assertThat(said.out())
                .startsWith("# " + folder.resolve("application.properties"))
                .contains("offsite.state=" + folder.resolve("state"), DB + "port=22", DB + "keep=7");
        Stream.of(Setting.values()).forEach(s -> assertThat(said.out())
                .contains(s.scope() == Setting.Scope.GLOBAL ? s.globalKey() : s.jobKey("db")));
    }

    @Test
    void theCommentedConfigurationHasNoJob() {
        Result said = InJvm.run("config", "-c", "application.properties");

        assertThat(said.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(said.err().lines()).singleElement().asString().contains("there is no job: add camel.routeTemplate");
    }

    @Test
    void theCommentedConfigurationIsGoodButForItsPathsWhenItIsUncommented() throws IOException {
        Path file = folder.resolve("application.properties");
        try (Stream<String> lines = Files.lines(Path.of("application.properties"))) {
            Files.write(
                    file,
                    lines.map(line -> line.replaceFirst("^#(?=[a-z])", "")).toList());
        }

        CommandException refused = catchThrowableOfType(CommandException.class, () -> Configuration.load(file));

        assertThat(refused.getMessage().lines())
                .allMatch(line -> line.contains("there is no file /etc/offsite/known_hosts")
                        || line.contains("offsite.key: is missing"));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Result said = InJvm.run("config", "-c", folder.resolve("nothing").toString());

        assertThat(said.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(said.err())
                .isEqualTo("offsite: the configuration %s cannot be read: there is no such file%n"
                        .formatted(folder.resolve("nothing")));
    }

    /** It fails its own job when that is to be shipped, and no other. */
    @Test
    void aSourceThatIsGoneIsNoMistakeOfTheConfiguration() throws IOException {
        Files.delete(folder.resolve("backups"));

        Result said = InJvm.run("config", "-c", write().toString());

        assertThat(said.exit()).as("%s", said).isEqualTo(ExitCode.FAILED);
        assertThat(said.out()).contains(DB + "source=" + folder.resolve("backups"));
        assertThat(said.err())
                .isEqualTo("offsite: %s: %ssource: the source folder %s is missing%n"
                        .formatted(folder.resolve("application.properties"), DB, folder.resolve("backups")));
    }
}
