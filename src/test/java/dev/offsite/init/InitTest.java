package dev.offsite.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.openssh.Surroundings;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What init decides without a server: questions, folders, lines. */
class InitTest {

    private static final Answers ANSWERS =
            new Answers("nas", 22, "me", "/var/backups/db", "/srv/offsite/db", "db", Answers.OWN_KEY);

    private final List<String> said = new ArrayList<>();

    private Interview interview(String... answers) {
        Deque<String> left = new ArrayDeque<>(List.of(answers));
        Interview.Terminal person = new Interview.Terminal() {
            @Override
            public Optional<String> ask(String prompt) {
                said.add(prompt);
                return Optional.ofNullable(left.poll());
            }

            @Override
            public void say(String line) {
                said.add(line);
            }
        };
        return new Interview(answers.length == 0 ? Optional.empty() : Optional.of(person), new Interview.Rules() {
            @Override
            public Optional<String> problem(Question question, String answer) {
                return answer.startsWith("bad") ? Optional.of("is bad") : Optional.empty();
            }

            @Override
            public String byDefault(Question question, Map<Question, String> given) {
                return question == Question.ROOT ? "/srv" + given.get(Question.SOURCE) : "";
            }
        });
    }

    @Test
    void asksForTheRestInOrder() throws Interview.UnansweredException {
        Map<Question, String> answers =
                interview("nas", "bad", "", " /src ", "").complete(Map.of(Question.USER, "me"));

        assertThat(answers)
                .containsExactly(
                        Map.entry(Question.SERVER, "nas"),
                        Map.entry(Question.USER, "me"),
                        Map.entry(Question.SOURCE, "/src"),
                        Map.entry(Question.ROOT, "/srv/src"));
        assertThat(said)
                .containsExactly(
                        Question.SERVER.prompt(""),
                        Question.SOURCE.prompt(""),
                        "  is bad",
                        Question.SOURCE.prompt(""),
                        "  an answer is needed",
                        Question.SOURCE.prompt(""),
                        "Folder on the server that they go to [/srv/src]: ");
    }

    @Test
    void withoutATerminalItNamesTheOptions() {
        assertThatThrownBy(() -> interview().complete(Map.of(Question.USER, "me", Question.ROOT, "/r")))
                .hasMessage("there is no terminal to ask at, so say the rest by options: --server HOST --source DIR");
        assertThatThrownBy(() -> interview().complete(Map.of(Question.USER, "bad")))
                .hasMessage("--user: is bad");
        assertThatThrownBy(() -> interview("nas").complete(Map.of())).hasMessageContaining("nothing was changed");
    }

    @ParameterizedTest
    @CsvSource({
        "nas, , nas, 0",
        "me@nas, me, nas, 0",
        "nas:2222, , nas, 2222",
        "me@realm@nas:22, me@realm, nas, 22",
        "[fd00::7]:22, , fd00::7, 22",
        "fd00::7, , fd00::7, 0",
        "192.0.2.7:2222, , 192.0.2.7, 2222"
    })
    void aServerIsTypedAsOneIsUsedTo(String text, String user, String host, int port) {
        assertThat(ServerText.parse(text)).isEqualTo(new ServerText(Optional.ofNullable(user), host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nas:", "nas:0", "nas:99999", "nas:/srv", "@nas", "a b", "nas:ssh", "http://nas"})
    void whatIsNoServerIsRefused(String text) {
        assertThatThrownBy(() -> ServerText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void foldersAreThoseOfTheUserOrOfTheMachine() {
        Path home = Path.of("/home/me");
        assertThat(InitFolders.of(new Surroundings(Path.of("/root"), "root", Map.of())))
                .isEqualTo(new InitFolders(Path.of("/etc/offsite"), "/var/lib/offsite"));
        assertThat(InitFolders.of(new Surroundings(home, "me", Map.of())))
                .isEqualTo(new InitFolders(Path.of("/home/me/.config/offsite"), "/home/me/.local/state/offsite"));
        assertThat(InitFolders.of(
                        new Surroundings(home, "me", Map.of("XDG_CONFIG_HOME", "/c", "XDG_STATE_HOME", "relative"))))
                .isEqualTo(new InitFolders(Path.of("/c/offsite"), "/home/me/.local/state/offsite"));
        assertThat(InitFolders.in(Path.of("/x")).file()).isEqualTo(Path.of("/x/application.properties"));
    }

    @ParameterizedTest
    @CsvSource({"/var/backups/db, db", "/var/backups/my db/, my-db", "/, backup", "/a/.hidden, hidden", "/a/ü, backup"})
    void aJobIsNamedAfterItsSource(String source, String job) {
        assertThat(Answers.jobOf(source)).isEqualTo(job);
    }

    @Test
    void linesAreQuotedForWhereTheyGo() {
        Answers odd = new Answers("nas", 2222, "me", "/it's", "/r", "db", "/my key");

        assertThat(CommandLines.copyId(ANSWERS, Path.of("/c/id.pub"), Path.of("/c/known_hosts"), false))
                .isEqualTo("ssh-copy-id -i /c/id.pub -o UserKnownHostsFile=/c/known_hosts me@nas");
        assertThat(CommandLines.copyId(odd, Path.of("/c d/id.pub"), Path.of("/c d/known_hosts"), true))
                .isEqualTo(
                        "mkdir -m 700 ~/.ssh && ssh-copy-id -i '/c d/id.pub' -p 2222 -o 'UserKnownHostsFile=\"/c d/known_hosts\"' me@nas");
        assertThat(CommandLines.cron(List.of("/bin/x", "-c", "/50% of it")))
                .isEqualTo("30 2 * * *  /bin/x -c '/50\\% of it'");
        assertThat(CommandLines.shell(ANSWERS.options()))
                .isEqualTo("--server nas --user me --source /var/backups/db --root /srv/offsite/db");
        assertThat(CommandLines.shell(odd.options()))
                .isEqualTo(
                        "--server nas --port 2222 --user me --source '/it'\\''s' --root /r --job db --key '/my key'");
    }

    @Test
    void theConfigurationHasTwelveSettings() {
        String text = FirstConfiguration.text(ANSWERS, "/var/lib/off\\site");

        assertThat(text.lines().filter(line -> line.matches("#?[a-zA-Z.\\[\\]-]+=.*")))
                .hasSize(12);
        assertThat(text).contains("\noffsite.state=/var/lib/off\\\\site\n");
    }
}
