package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChangeWatcherTest {

    @TempDir
    Path folder;

    private Path file;
    private Path route;
    private FileChangeWatcher changes;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("application.properties"), "a=1");
        route = Files.createDirectory(folder.resolve("routes")).resolve("mine.camel.yaml");
        changes = new FileChangeWatcher(file);
    }

    @Test
    void nothingIsToldWhileNothingHappens() {
        assertThat(changes.look()).isEmpty();
        assertThat(changes.look()).isEmpty();
    }

    @Test
    void aChangeIsToldOnceAndOnlyWhenItIsStillSoAtTheNextLook() throws IOException {
        Files.writeString(file, "a=12");
        assertThat(changes.look()).isEmpty();
        Files.writeString(file, "a=123");
        assertThat(changes.look()).isEmpty();
        assertThat(changes.look()).containsExactly("application.properties");
        assertThat(changes.look()).isEmpty();
    }

    @Test
    void routeFilesComeChangeAndGo() throws IOException {
        Files.writeString(route, "");
        changes.look();
        assertThat(changes.look()).containsExactly("routes/mine.camel.yaml (new)");
        Files.setLastModifiedTime(route, FileTime.fromMillis(1));
        changes.look();
        assertThat(changes.look()).containsExactly("routes/mine.camel.yaml");
        Files.delete(route);
        changes.look();
        assertThat(changes.look()).containsExactly("routes/mine.camel.yaml (gone)");
    }

    @Test
    void anotherFileUnderTheNameIsAChangeEvenOfTheSameSizeAndTime() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "a=2");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        changes.look();
        assertThat(changes.look()).containsExactly("application.properties");
    }

    @Test
    void whatIsBackBeforeItSettledIsNoChange() throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "a=12");
        changes.look();
        Files.writeString(file, "a=1");
        Files.setLastModifiedTime(file, time);
        changes.look();
        assertThat(changes.look()).isEmpty();
    }

    @Test
    void otherFilesAndWhatWasForgottenAreNoChange() throws IOException {
        Files.writeString(folder.resolve("routes/.mine.camel.yaml.swp"), "");
        Files.writeString(folder.resolve("routes/.#mine.camel.yaml"), "");
        changes.look();
        assertThat(changes.look()).isEmpty();
        Files.writeString(file, "a=12");
        changes.forget();
        assertThat(changes.look()).isEmpty();
        assertThat(changes.look()).isEmpty();
    }

    @Test
    void aConfigurationThatIsGoneIsAChange() throws IOException {
        Files.delete(file);
        changes.look();
        assertThat(changes.look()).containsExactly("application.properties (gone)");
    }
}
