package dev.offsite.download;

import dev.offsite.sftp.LinkQuality;

/** Decides over how many connections files are downloaded. */
final class DownloadPlan {

    /** For fewer bytes, another login costs what it gains. */
    private static final long EACH_ON_LONG_LINK = 24L << 20;

    private static final long EACH_ON_SHORT_LINK = 64L << 20;

    /** For so many files, a connection asks while the answers of another one are written. For fewer, one is done by then. */
    private static final int MANY_FILES = 500;

    /** On a short link, the processors are the bound. */
    private static final int SHORT_LINK = 3;

    private DownloadPlan() {}

    /** {@code parallel}: how many connections the job may use */
    static int lanes(long bytes, int files, LinkQuality link, int parallel) {
        long each = link.isLong() ? EACH_ON_LONG_LINK : EACH_ON_SHORT_LINK;
        long useful = Math.max(bytes / each, files >= MANY_FILES ? 2 : 1);
        int most = link.isLong() ? parallel : Math.min(parallel, SHORT_LINK);
        return (int) Math.max(1, Math.min(most, useful));
    }
}
