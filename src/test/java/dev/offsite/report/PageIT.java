package dev.offsite.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.offsite.report.Browser.Look;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page as Chromium shows it. Pictures of it are in {@code target/page}. */
@EnabledIf("dev.offsite.report.Browser#isInstalled")
class PageIT {

    private static final int WIDE = 1100;
    private static final int NARROW = 360;
    private static final int PAPER = 794;

    @TempDir
    private Path folder;

    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private Browser browser;
    private volatile byte[] html;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.getResponseHeaders().add("Content-Security-Policy", PageRenderer.policy());
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
            exchange.close();
        });
        server.start();
        browser = new Browser(folder.resolve("profile"));
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        server.stop(0);
    }

    @Test
    void saysHowTheJobsAre() {
        open(scenes("demo").demo(), WIDE, Look.LIGHT);

        assertThat(browser.text("h1")).isEqualTo("4 of 5 jobs need you");
        assertThat(browser.texts(".overview tbody tr"))
                .containsExactly(
                        "Damaged mail 5 h ago 2 copies on the server are missing or damaged.",
                        "Stale photos 9 d ago No new copy was verified for 9 d.",
                        "Stale archive never No copy was ever verified.",
                        "Needs a decision website 5 h ago Pruning waits for your decision.",
                        "Verified database 5 h ago Verified 5 h ago.");
        WebElement database = browser.element("#job-database");
        assertThat(database.getText())
                .contains("The last verified copy is 5 h old, within the max-age of 26 h.")
                .contains("85 % of the bytes on the server")
                .contains("5 Nov 2026: only ")
                .contains("offsite restore database --to restored/database");
        assertThat(browser.element("#job-photos").getText())
                .contains("more than the max-age of 3 d")
                .contains("offsite ship photos");
        assertThat(browser.element("#job-mail").getText())
                .contains("20261104/mail-20261104.tar.zst changed since 27 Nov 2026, 10:30")
                .contains("offsite scrub mail");
        // A shape and a tooltip for each day since the job is known.
        assertThat(database.findElements(By.cssSelector(".year use"))).hasSize(52 * 7 + 7);
        assertThat(database.findElements(By.cssSelector(".year use title"))).hasSize(341);
        assertThat(database.findElements(By.cssSelector(".year .today"))).hasSize(1);
        assertThat(database.findElements(By.cssSelector("time:not([datetime])")))
                .isEmpty();
    }

    @Test
    void fetchesNothingRunsNothingAndReportsNothing() {
        for (Scenes scenes : all()) {
            asked.clear();
            open(scenes, WIDE, Look.LIGHT);
            assertThat(asked).containsExactly("GET /");
            assertThat(browser.console()).isEmpty();
            assertThat(
                            browser.number(
                                    "return document.scripts.length + document.images.length"
                                            + " + document.querySelectorAll('[onmouseover],[onerror],iframe,object,form,link:not([rel=icon])').length"))
                    .isZero();
        }
    }

    @Test
    void theFileIsAsGoodAsTheServedPage() throws IOException {
        Path file = folder.resolve("page.html");
        Files.write(file, scenes("hostile").hostile().html());
        browser.open(file.toUri().toString(), WIDE, Look.LIGHT);

        assertThat(browser.text("h1")).isEqualTo("6 of 6 jobs need you");
        assertThat(browser.console()).isEmpty();
        assertThat(browser.number("return document.styleSheets.length")).isEqualTo(1);
    }

    @Test
    void fitsOnANarrowScreen() {
        for (Scenes scenes : all()) {
            open(scenes, NARROW, Look.LIGHT);
            browser.openDetails();
            assertThat(browser.number("return document.documentElement.scrollWidth"))
                    .isEqualTo(NARROW);
        }
    }

    @Test
    void canBeReadInTheDarkAndInDaylight() {
        for (Look look : List.of(Look.LIGHT, Look.DARK)) {
            for (Scenes scenes : all()) {
                open(scenes, WIDE, look);
                browser.openDetails();
                assertThat(browser.faint()).as("%s", look).isEmpty();
            }
        }
    }

    @Test
    void printsOnPaper() {
        open(scenes("demo").demo(), PAPER, Look.DARK);

        byte[] pdf = browser.pdf();

        assertThat(new String(pdf, 0, 5, StandardCharsets.ISO_8859_1)).isEqualTo("%PDF-");
        browser.look(PAPER, Look.PRINT);
        assertThat(browser.text("h1")).isEqualTo("4 of 5 jobs need you");
        assertThat(browser.css("body", "background-color")).isEqualTo("rgba(255, 255, 255, 1)");
        assertThat(browser.number("return document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(PAPER);
    }

    @Test
    void worksByKeyboard() {
        open(scenes("demo").demo(), WIDE, Look.LIGHT);

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            browser.press(Keys.TAB);
            order.add(browser.focused());
            assertThat(browser.css(":focus", "outline-style")).isEqualTo("solid");
        }

        assertThat(order)
                .containsExactly(
                        "Skip to the jobs",
                        "mail",
                        "photos",
                        "archive",
                        "website",
                        "database",
                        "offsite scrub mail",
                        "The last days with a failure",
                        "The year as a table");
        browser.press(Keys.ENTER);
        assertThat(browser.element("#job-mail table.months").isDisplayed()).isTrue();
        assertThat(browser.texts("h1, h2, h3").get(0)).isEqualTo("4 of 5 jobs need you");
        assertThat(browser.number(
                        "const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1]);"
                                + "return levels.filter((level, i) => i > 0 && level > levels[i - 1] + 1).length"))
                .isZero();
    }

    @Test
    void takesPictures() throws IOException {
        Map<String, Scenes> scenes = Map.of(
                "demo",
                scenes("demo").demo(),
                "broken",
                scenes("broken").broken(),
                "hostile",
                scenes("hostile").hostile());
        for (Map.Entry<String, Scenes> scene : scenes.entrySet()) {
            open(scene.getValue(), WIDE, Look.LIGHT);
            // That of the demo is docs/images/page.png.
            browser.picture(scene.getKey(), WIDE, 0, 1400);
            for (Look look : Look.values()) {
                int width = look == Look.PRINT ? PAPER : WIDE;
                open(scene.getValue(), width, look);
                browser.picture(scene.getKey() + "-" + look, width, 0, 2400);
            }
            open(scene.getValue(), NARROW, Look.LIGHT);
            browser.picture(scene.getKey() + "-narrow", NARROW, 0, 3000);
        }
    }

    private List<Scenes> all() {
        Scenes empty = scenes("empty");
        empty.add("database", null);
        empty.add("photos", Duration.ofHours(26));
        return List.of(
                scenes("none"),
                empty,
                scenes("demo").demo(),
                scenes("broken").broken(),
                scenes("hostile").hostile());
    }

    private int states;

    private Scenes scenes(String name) {
        return new Scenes(folder.resolve(name + states++));
    }

    private void open(Scenes scenes, int width, Look look) {
        html = scenes.html();
        browser.open("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()), width, look);
    }
}
