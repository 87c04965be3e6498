package dev.offsite.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.job.Job;
import dev.offsite.report.State.Tone;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobViewsTest {

    @TempDir
    private Path folder;

    private JobView view(Scenes scenes, Job job) {
        return JobViews.of(scenes.report(job), new JobHistory(new TreeMap<>(), List.of()));
    }

    private static void shippedBefore(Scenes scenes, Duration age) {
        scenes.ship("db", Scenes.NOW.minus(age), 1, 1000);
    }

    @Test
    void saysTheAgeAgainstMaxAge() {
        Scenes scenes = new Scenes(folder);
        Job job = scenes.add("db", Duration.ofHours(26));
        shippedBefore(scenes, Duration.ofHours(13));

        JobView view = view(scenes, job);
        assertThat(view.state()).isEqualTo(State.VERIFIED);
        assertThat(view.headline()).isEqualTo("Verified 13 h ago.");
        assertThat(view.age()).isEqualTo("The last verified copy is 13 h old, within the max-age of 26 h.");
        assertThat(view.agePercent()).isEqualTo(Optional.of(50));
        assertThat(view.verified().orElseThrow().iso()).isEqualTo("2026-11-28T21:30:00+01:00");
    }

    @Test
    void saysThatNobodyIsToldWithoutMaxAge() {
        Scenes scenes = new Scenes(folder);
        Job job = scenes.add("db", null);
        assertThat(view(scenes, job).state()).isEqualTo(State.NOTHING_YET);
        shippedBefore(scenes, Duration.ofDays(400));

        assertThat(view(scenes, job).age())
                .isEqualTo(
                        "The last verified copy is 400 d old. Without a max-age, nobody is told when copies stop coming.");
        assertThat(view(scenes, job).agePercent()).isEmpty();
    }

    @Test
    void aStaleJobSaysForHowLong() {
        Scenes scenes = new Scenes(folder);
        Job job = scenes.add("db", Duration.ofHours(26));
        shippedBefore(scenes, Duration.ofDays(9));

        JobView view = view(scenes, job);
        assertThat(view.state()).isEqualTo(State.STALE);
        assertThat(view.headline()).isEqualTo("No new copy was verified for 9 d.");
        assertThat(view.agePercent()).isEqualTo(Optional.of(100));
        assertThat(view.troubles()).extracting(JobView.Wrong::command).containsExactly("offsite ship db");
    }

    @Test
    void aCopyFromTheFutureIsSaidToBe() {
        Scenes scenes = new Scenes(folder);
        Job job = scenes.add("db", null);
        shippedBefore(scenes, Duration.ofDays(-1));

        assertThat(view(scenes, job).headline()).isEqualTo("The last copy was verified in the future.");
        assertThat(view(scenes, job).verified().orElseThrow().ago()).isEqualTo("in 24 h");
    }

    @Test
    void theWorstTroubleIsTheState() {
        Scenes scenes = new Scenes(folder).broken();
        JobView view = view(scenes, scenes.get("database"));
        assertThat(view.state()).isEqualTo(State.DAMAGED);
        assertThat(view.headline()).isEqualTo("60 copies on the server are missing or damaged.");
        assertThat(view.owed()).hasSize(50);
        assertThat(view.owedMore()).isEqualTo(10);
        assertThat(view.troubles())
                .extracting(JobView.Wrong::word)
                .containsExactly("Stale", "Damaged", "Failed", "Refused");
        assertThat(view.facts())
                .filteredOn(fact -> fact.name().equals("Not shipped"))
                .extracting(JobView.Fact::value)
                .containsExactly("3 files: app-20261126.db.gz, app-20261127.db.gz, app-20261128.db.gz");
    }

    @Test
    void aFailureNamesItsVerb() {
        Scenes scenes = new Scenes(folder);
        Job job = scenes.add("db", Duration.ofHours(26));
        shippedBefore(scenes, Duration.ofHours(2));
        scenes.run("db", Verb.SCRUB, Result.FAILED, Scenes.NOW, 0, 0, "no route to host");
        assertThat(view(scenes, job).headline()).isEqualTo("The last scrub failed.");
        scenes.run("db", Verb.SHIP, Result.FAILED, Scenes.NOW, 0, 0, "no route to host");
        assertThat(view(scenes, job).headline()).isEqualTo("The last ship and the last scrub failed.");
        assertThat(view(scenes, job).state().tone()).isEqualTo(Tone.BAD);
    }

    @Test
    void theRestoreCommandIsForAShell() {
        assertThat(JobViews.restore("db")).isEqualTo("offsite restore db --to restored/db");
        assertThat(JobViews.restore("my job's"))
                .isEqualTo("offsite restore 'my job'\\''s' --to 'restored/my job'\\''s'");
        assertThat(JobViews.restore("-rf")).isEqualTo("offsite restore --to 'restored/-rf' -- '-rf'");
    }

    @Test
    void idsAreDistinct() {
        List<String> names = List.of("a", "A", "a-b", "a_b", "a b", "a-20-b", "a\u00e4", "a-e4-", "overview", "a-name");
        assertThat(names.stream().map(JobViews::id))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("job-[A-Za-z0-9-]*"));
    }

    @Test
    void whatIsInvisibleIsShown() {
        assertThat(PageText.visible("a\u202eb\u0007\n\ud800\u200bc \ud83d\ude00 \u00fc\u5099"))
                .isEqualTo("a\\u202eb\\u0007\\u000a\\ud800\\u200bc \ud83d\ude00 \u00fc\u5099");
        assertThat(PageText.visible("x".repeat(2000))).hasSize(1002).endsWith("x …");
        assertThat(PageText.visible("\ud83d\ude00".repeat(1500)))
                .startsWith("\ud83d\ude00")
                .endsWith("\ud83d\ude00 …");
        assertThat(PageText.number(1_234_567)).isEqualTo("1\u202f234\u202f567");
        assertThat(PageText.number(-1_234_567)).isEqualTo("-1\u202f234\u202f567");
        assertThat(PageText.number(1234)).isEqualTo("1234");
    }
}
