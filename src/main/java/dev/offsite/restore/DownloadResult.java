package dev.offsite.restore;

/**
 * A file that has come down in full and has its name.
 *
 * @param sha256 of the bytes that are here now, lower-case hex
 * @param size how many those are
 */
public record DownloadResult(String sha256, long size) {}
