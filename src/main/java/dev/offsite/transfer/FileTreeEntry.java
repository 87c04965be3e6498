package dev.offsite.transfer;

import java.time.Instant;

/**
 * A regular file.
 *
 * @param name below the top, with slashes; empty if the {@link FileTree} is this single file
 * @param mode its permissions, -1 if unknown
 */
public record FileTreeEntry(String name, long size, Instant modified, int mode) {}
