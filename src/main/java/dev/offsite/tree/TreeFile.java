package dev.offsite.tree;

import java.time.Instant;

/**
 * A regular file of a {@link Tree}, as it was found.
 *
 * @param name below the top, with slashes; empty where the tree is this file alone
 * @param size bytes
 * @param modified last change
 */
public record TreeFile(String name, long size, Instant modified) {}
