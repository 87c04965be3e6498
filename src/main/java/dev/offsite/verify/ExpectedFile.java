package dev.offsite.verify;

/**
 * What is to be verified of a file on the server.
 *
 * @param path absolute, over SFTP
 * @param sha256 of the bytes it should have, lower-case hex
 * @param size how many those are; negative where that is not known
 */
public record ExpectedFile(String path, String sha256, long size) {}
