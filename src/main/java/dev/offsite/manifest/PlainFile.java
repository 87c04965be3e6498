package dev.offsite.manifest;

import java.time.Instant;

/**
 * What is inside an encrypted copy.
 *
 * @param copy the name of the copy, below its dated folder
 * @param copySha256 of the encrypted bytes, lower-case hex
 * @param name of the file that was encrypted, below the source folder and below the folder it is restored to
 * @param sha256 of its bytes, lower-case hex
 * @param size of it in bytes
 * @param modified when it was last changed
 */
public record PlainFile(String copy, String copySha256, String name, String sha256, long size, Instant modified) {}
