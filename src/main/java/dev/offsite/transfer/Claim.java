package dev.offsite.transfer;

/**
 * What is to be proven of a file on the server.
 *
 * @param path absolute, over SFTP
 * @param sha256 of the bytes it should have, lower-case hex
 * @param size how many those are; negative where that is not known
 */
public record Claim(String path, String sha256, long size) {}
