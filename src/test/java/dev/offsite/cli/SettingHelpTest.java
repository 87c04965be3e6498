package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.Setting;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingHelpTest {

    private static List<String> descriptions(String word) {
        return SettingHelp.find(word).stream().map(SettingHelp::description).toList();
    }

    @ParameterizedTest
    @EnumSource
    void eachSettingIsFoundByItsKeyAndByItsWholeKey(Setting setting) {
        assertThat(descriptions(setting.key())).contains(setting.description());
        String whole = setting.scope() == Setting.Scope.GLOBAL ? setting.globalKey() : setting.jobKey("db");
        assertThat(descriptions(whole + "=some value")).containsExactly(setting.description());
    }

    @Test
    void ofTwoSettingsWithOneNameItShowsBoth() {
        assertThat(descriptions("limit"))
                .containsExactly(Setting.LIMIT.description(), Setting.LIMIT_OF_ALL.description());
        assertThat(descriptions("offsite.limit")).containsExactly(Setting.LIMIT_OF_ALL.description());
    }

    @ParameterizedTest
    @CsvSource({"notify.to", "offsite.notify[ops].to", "'offsite.notify[ops].to = smtp://mail'"})
    void theKeysOfAReceiver(String word) {
        assertThat(descriptions(word)).singleElement().asString().startsWith("Where messages go");
    }

    @ParameterizedTest
    @CsvSource({"no-such-key", "offsite.keep", "offsite.notify[ops].nothing", "camel.routeTemplate[db].state", "''"})
    void whatIsNoKeyIsNotFound(String word) {
        assertThat(SettingHelp.find(word)).isEmpty();
    }

    @Test
    void itSaysHowToWriteIt() {
        assertThat(SettingHelp.find("max-age").get(0).text())
                .contains("offsite.max-age=…", "camel.routeTemplate[<job>].max-age=…", "26h", "Default:  none");
        assertThat(SettingHelp.find("source").get(0).text()).contains("it must be set");
    }

    @Test
    void allKeysAreKnown() {
        assertThat(Stream.of(Setting.values()).map(Setting::key)).allMatch(SettingHelp.keys()::contains);
        assertThat(SettingHelp.keys()).doesNotHaveDuplicates().contains("notify.on");
    }
}
