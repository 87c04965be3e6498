package dev.offsite.report;

import gg.jte.Content;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** Fills the templates of {@code src/main/jte}, which the build has compiled and which escape every value. */
final class PageRenderer {

    private static final String STYLE = read("page.css");

    /** No script, nothing from elsewhere: only this style sheet, and the icon that is part of the page. */
    private static final String POLICY =
            "default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'"
                    .formatted(hash(STYLE));

    private final TemplateEngine engine = TemplateEngine.createPrecompiled(
            null, ContentType.Html, PageRenderer.class.getClassLoader(), "dev.offsite.report.template");

    /** For the header of a response: what a page cannot say of itself comes last. */
    static String policy() {
        return POLICY + "; frame-ancestors 'none'";
    }

    /** @param years what {@link #year} made for each job, by its id */
    byte[] page(PageView page, Map<String, Content> years) {
        return render("page.jte", Map.of("page", page, "years", years, "style", STYLE, "policy", POLICY));
    }

    /** The part of a job's section with its calendar and its sizes. */
    Content year(String id, Calendar calendar, Sizes sizes) {
        byte[] html = render("year.jte", Map.of("id", id, "calendar", calendar, "sizes", sizes));
        return output -> output.writeBinaryContent(html);
    }

    private byte[] render(String template, Map<String, Object> parameters) {
        Utf8ByteOutput output = new Utf8ByteOutput();
        engine.render(template, parameters, output);
        return output.toByteArray();
    }

    private static String read(String name) {
        try (InputStream in = PageRenderer.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
