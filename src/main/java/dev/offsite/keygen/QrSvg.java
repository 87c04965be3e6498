package dev.offsite.keygen;

import io.nayuki.qrcodegen.QrCode;

/** A QR code as an image in a page. */
final class QrSvg {

    /** Modules of white around it, which readers need. */
    private static final int BORDER = 4;

    private QrSvg() {}

    static String of(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.QUARTILE);
        int size = code.size + 2 * BORDER;
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append("M%d,%dh1v1h-1z".formatted(x + BORDER, y + BORDER));
                }
            }
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img">
                <title>The same key as a QR code</title>
                <rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/>
                </svg>"""
                .formatted(size, size, size, size, path);
    }
}
