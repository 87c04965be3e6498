package dev.offsite.transfer;

/**
 * A file that has its final name.
 *
 * @param path of it, absolute
 * @param present whether the same file was there already and was left as it is
 */
public record Published(String path, Sent sent, boolean present) {}
