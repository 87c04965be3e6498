package dev.offsite.transfer;

/**
 * What has gone over, under its temporary name.
 *
 * @param sha256 of the bytes as they were read, or as they arrived: whichever of the two is here; lower-case hex
 * @param size how many those are
 */
public record SentFile(String sha256, long size) {}
