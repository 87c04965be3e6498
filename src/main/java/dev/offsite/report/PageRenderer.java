package dev.offsite.report;

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

    byte[] render(PageView page) {
        Utf8ByteOutput output = new Utf8ByteOutput();
        engine.render("page.jte", Map.of("page", page, "style", STYLE, "policy", POLICY), output);
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
