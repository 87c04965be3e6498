package dev.offsite.transfer;

import java.time.Instant;

/**
 * A regular file of a {@link FileTree}, as it was found.
 *
 * @param name below the top, with slashes; empty where the tree is this file alone
 * @param size bytes
 * @param modified last change
 */
public record FileTreeEntry(String name, long size, Instant modified) {}
