package dev.offsite.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offsite.job.Setting;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written in a configuration file is what counts, or it is refused with its line. */
class PropertiesFileTest {

    private static final String GOOD =
            """
            offsite.host=backup.example.org
            offsite.user=offsite
            offsite.key=key
            offsite.known-hosts=known_hosts
            camel.routeTemplate[db].templateId=ship
            camel.routeTemplate[db].source=backups
            camel.routeTemplate[db].root=/srv/offsite/db
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectory(folder.resolve("backups"));
        Files.writeString(folder.resolve("known_hosts"), "");
        Files.writeString(folder.resolve("key"), "a key");
        Files.setPosixFilePermissions(folder.resolve("key"), PosixFilePermissions.fromString("rw-------"));
    }

    private Configuration load(byte[] content) throws IOException {
        return Configuration.load(Files.write(folder.resolve("application.properties"), content));
    }

    private Configuration load(String content) throws IOException {
        return load(content.getBytes(UTF_8));
    }

    private List<String> problems(byte[] content) {
        CommandException refused = catchThrowableOfType(CommandException.class, () -> load(content));
        assertThat(refused).as("the configuration is refused").isNotNull();
        assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        return refused.getMessage()
                .replace(folder + "/application.properties", "FILE")
                .lines()
                .toList();
    }

    private List<String> problems(String content) {
        return problems(content.getBytes(UTF_8));
    }

    private static String user(Configuration configuration) {
        return configuration.resolved("db", Setting.USER);
    }

    static Stream<Charset> unicode() {
        return Stream.of(UTF_8, UTF_16LE, UTF_16BE);
    }

    @ParameterizedTest
    @MethodSource("unicode")
    void aByteOrderMarkHidesNothing(Charset charset) throws IOException {
        Configuration configuration = load(("\uFEFF" + GOOD).getBytes(charset));

        assertThat(configuration.resolved("db", Setting.HOST)).isEqualTo("backup.example.org");
        assertThat(user(configuration)).isEqualTo("offsite");
    }

    @Test
    void anotherEncodingIsNamedWithItsLine() {
        assertThat(problems((GOOD + "offsite.password-file=schl\u00fcssel\n").getBytes(ISO_8859_1)))
                .containsExactly(
                        "the configuration FILE cannot be read: line 8 is not in UTF-8; save the file as UTF-8");
        assertThat(problems(GOOD.getBytes(UTF_16LE)))
                .containsExactly("the configuration FILE cannot be read: line 1 has a NUL byte, as UTF-16 has;"
                        + " save it as UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void linesEndAsTheyDo(String end) throws IOException {
        assertThat(user(load(GOOD.replace("\n", end)))).isEqualTo("offsite");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DOMAIN\\user|line 2: offsite.user: \\u begins a character by its number; write \\\\u",
                "DOM\\b|line 2: offsite.user: the backslash of \\b would be lost; write \\\\b",
                "DOM\\nora|line 2: offsite.user: \\n is a control character here; write \\\\n",
                "DOM\\\\\\Tom|line 2: offsite.user: the backslash of \\T would be lost; write \\\\T"
            })
    void aBackslashThatWouldBeLostIsNamed(String user, String problem) {
        assertThat(problems(GOOD.replace("user=offsite", "user=" + user)))
                .singleElement()
                .asString()
                .startsWith("FILE: " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"DOM\\\\user|DOM\\user", "caf\\u00e9|caf\u00e9", "a\\:b\\=c\\#|a:b=c#"})
    void anEscapeThatIsMeantIsKept(String written, String user) throws IOException {
        assertThat(user(load(GOOD.replace("user=offsite", "user=" + written)))).isEqualTo(user);
    }

    @Test
    void aLineThatGoesOnIsOne() throws IOException {
        assertThat(user(load(GOOD.replace("user=offsite", "user=off\\\n    site"))))
                .isEqualTo("offsite");
    }

    @Test
    void aLineThatIsSwallowedByTheOneAboveIsNamed() {
        assertThat(problems(GOOD.replace("user=offsite", "user=DOM\\")))
                .contains(
                        "FILE: line 2 ends with a backslash, so that line 3 belongs to it; write \\\\ for a backslash,"
                                + " or take it away");
    }

    @ParameterizedTest
    @CsvSource({
        "camel.routeTemplate[db].source, camel.routeTemplate[db].source",
        "camel.route-template[db].source, camel.routeTemplate[db].source",
        "camel.routetemplate[db].Source, camel.routeTemplate[db].source",
        "offsite.host, offsite.host",
    })
    void aKeyThatIsSetTwiceIsRefusedWithBothLines(String again, String key) {
        int line = 1
                + GOOD.lines().map(one -> one.replaceFirst("=.*", "")).toList().indexOf(key);

        assertThat(problems(GOOD + "\n# and\n" + again + "=elsewhere\n"))
                .singleElement()
                .asString()
                .startsWith("FILE: line 10: %s: is set twice, in line %d too".formatted(again, line));
    }

    @Test
    void theSameJobWithTheSameSettingInBothSpellingsIsRefused() {
        assertThat(problems(GOOD + "camel.routeTemplate[db].keepDaily=3\ncamel.routeTemplate[db].keep-daily=4\n"))
                .containsExactly("FILE: line 9: camel.routeTemplate[db].keep-daily: is set twice, in line 8 too,"
                        + " there as camel.routeTemplate[db].keepDaily; keep one of them");
    }

    @Test
    void aKeyOfTheUsersOwnIsNotSetTwiceEither() {
        assertThat(problems(GOOD + "my.folder=/a\nmy.folder=/b\n"))
                .containsExactly("FILE: line 9: my.folder: is set twice, in line 8 too; keep one of them");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "camel.routeTemplate.web.templateId=ship",
                "camel.routeTemplate[my web].templateId=ship",
                "camel.routeTemplates[web].templateId=ship",
                "camel.routTemplate[web].templateId=ship"
            })
    void aJobThatWouldNotBeThereIsNamed(String line) {
        assertThat(problems(GOOD + line + "\n"))
                .singleElement()
                .asString()
                .contains("is no key of a job; write camel.routeTemplate[<name>].<key>");
    }

    @Test
    void otherSettingsOfCamelAreNoJobs() throws IOException {
        assertThat(load(GOOD + "camel.routeController.enabled=true\ncamel.main.name=x\n")
                        .jobs())
                .containsExactly("db");
    }
}
