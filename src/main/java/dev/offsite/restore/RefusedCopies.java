package dev.offsite.restore;

import dev.offsite.catalog.SnapshotFile;
import dev.offsite.manifest.PlainFile;
import dev.offsite.sftp.RemoteFile;

/** Copies that are not restored, and why. */
final class RefusedCopies {

    private static final String ANYWAY = "; --unverified restores the copy as it is";

    private RefusedCopies() {}

    static boolean has(SnapshotFile item) {
        return item.entry().filter(RemoteFile::file).isEmpty()
                || item.state() == SnapshotFile.State.REWRITTEN
                || item.state().sealed();
    }

    /** Why it is one of them. */
    static String reason(SnapshotFile item) {
        return switch (item.state()) {
            case REFUSED -> "SHA256SUMS has it under a name that could lead out of the folder; such names are refused";
            case REWRITTEN ->
                SnapshotFile.rewritten(item.verified().orElseThrow())
                        + " (--unverified restores what is there; another dated folder may have it as it was)";
            case MISSING -> "the copy is missing on the server";
            default ->
                item.state().sealed()
                        ? sealed(item)
                        : "it is no regular file on the server, or lies behind a link; links and devices are not followed";
        };
    }

    private static String sealed(SnapshotFile item) {
        String inside = item.content().map(PlainFile::name).orElse("");
        return switch (item.state()) {
            case UNDESCRIBED ->
                "no SHA256SUMS.<n>.age that can be read says what is inside, so that anybody may have put it there"
                        + ANYWAY;
            case RENAMED ->
                "it has the bytes of %s (%s): somebody has renamed it"
                                .formatted(item.content().map(PlainFile::copy).orElse("another"), inside)
                        + ANYWAY;
            case OUTDATED ->
                "%s has bytes that were replaced by later ones: somebody has put an older copy there, or the later"
                                .formatted(item.name())
                        + " one did not arrive; --unverified restores it";
            case CONTRADICTED ->
                "it is described twice, with different contents: somebody else has written a SHA256SUMS.<n>.age"
                        + ANYWAY;
            case UNSAFE -> "the name inside could lead out of the folder; such names are refused" + ANYWAY;
            default -> "SHA256SUMS does not list its copy %s any more".formatted(item.name());
        };
    }
}
