package dev.offsite.verify;

/**
 * A file that should be on the server.
 *
 * @param path absolute, over SFTP
 * @param sha256 of the expected bytes, lower-case hex
 * @param size expected bytes; negative if unknown
 */
public record ExpectedFile(String path, String sha256, long size) {}
