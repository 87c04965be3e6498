package dev.offsite.download;

import dev.offsite.sftp.LinkQuality;

/**
 * Over how many connections files are downloaded.
 *
 * @param first before anything is measured
 * @param most that are tried
 */
record DownloadPlan(int first, int most) {

    /** One connection brings so many bytes in the time of a few logins. */
    private static final long EACH = 96L << 20;

    /** For so many files, a connection asks while the answers of another one are written. For fewer, one is done by then. */
    private static final int MANY_FILES = 500;

    /** On a short link, the processors are the bound: one connection keeps two of them busy, here and perhaps there. */
    private static final int SHORT_LINK = 3;

    private static final int PROCESSORS_OF_EACH = 2;

    /** {@code parallel}: how many connections the job may use; {@code processors}: of this machine */
    static DownloadPlan of(long bytes, int files, LinkQuality link, int parallel, int processors) {
        int busy = Math.max(1, Math.min(SHORT_LINK, processors / PROCESSORS_OF_EACH));
        int most = link.isLong() ? parallel : Math.min(parallel, Math.max(busy, files >= MANY_FILES ? 2 : 1));
        long large = Math.min(bytes / EACH, link.isLong() ? 2 : busy);
        long first = Math.max(large, files >= MANY_FILES ? 2 : 1);
        return new DownloadPlan((int) Math.min(most, first), most);
    }
}
