package dev.offsite.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.print.PrintOptions;

/** Debian's Chromium, without a window. */
public final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path PICTURES = Path.of("target/page");

    /** Texts with less contrast to what is behind them than WCAG's level AA asks for. */
    private static final String FAINT =
            """
            const parse = c => { const n = c.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
            const light = c => c.slice(0, 3).map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const behind = e => { for (; e; e = e.parentElement) {
                const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
            const found = [];
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let text; (text = texts.nextNode());) {
              const e = text.parentElement;
              if (!text.data.trim() || !e.getClientRects().length || e.closest('title')) continue;
              const style = getComputedStyle(e);
              const colours = [parse(e.closest('svg') ? style.fill : style.color), behind(e)].map(light).sort((a, b) => b - a);
              const contrast = (colours[0] + 0.05) / (colours[1] + 0.05);
              if (contrast < 4.5) found.push(text.data.trim().slice(0, 40) + ': ' + contrast.toFixed(2));
            }
            return [...new Set(found)];
            """;

    /** How the page is to look. */
    public enum Look {
        LIGHT,
        DARK,
        PRINT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final ChromeDriver driver;

    /** Whether it is here; .ci/run installs it. */
    public static boolean isInstalled() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    public Browser(Path profile) {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        // Root has no sandbox there; /dev/shm is small in containers.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        options.addArguments("--user-data-dir=" + profile);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options);
    }

    public void open(String address, int width, Look look) {
        look(width, look);
        driver.get(address);
    }

    public void look(int width, Look look) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "media",
                        look == Look.PRINT ? "print" : "screen",
                        "features",
                        List.of(Map.of(
                                "name", "prefers-color-scheme", "value", look == Look.DARK ? "dark" : "light"))));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 500));
    }

    public WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    public String text(String css) {
        return element(css).getText();
    }

    /** Each in one line. */
    public List<String> texts(String css) {
        return driver.findElements(By.cssSelector(css)).stream()
                .map(element -> element.getText().replaceAll("\\s+", " ").strip())
                .toList();
    }

    public String css(String selector, String property) {
        return element(selector).getCssValue(property);
    }

    public long number(String script) {
        return ((Number) driver.executeScript(script)).longValue();
    }

    public List<?> faint() {
        return (List<?>) driver.executeScript(FAINT);
    }

    /** What the browser had to say, such as what the page's policy did not allow. */
    public List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    public void openDetails() {
        driver.executeScript("document.querySelectorAll('details').forEach(one => one.open = true)");
    }

    public void press(Keys key) {
        new Actions(driver).sendKeys(key).perform();
    }

    /** The text of the element that has the focus. */
    public String focused() {
        return driver.switchTo().activeElement().getText();
    }

    public byte[] pdf() {
        return Base64.getDecoder().decode(driver.print(new PrintOptions()).getContent());
    }

    public void picture(String name, int width, int top, int height) throws IOException {
        Object data = driver.executeCdpCommand(
                        "Page.captureScreenshot",
                        Map.of(
                                "format",
                                "png",
                                "captureBeyondViewport",
                                true,
                                "clip",
                                Map.of("x", 0, "y", top, "width", width, "height", height, "scale", 1)))
                .get("data");
        Files.createDirectories(PICTURES);
        Files.write(PICTURES.resolve(name + ".png"), Base64.getDecoder().decode((String) data));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
