package dev.offsite.transfer;

import java.time.Instant;

/** A regular file. {@code name} is below the top, with slashes; empty if the {@link FileTree} is this single file. */
public record FileTreeEntry(String name, long size, Instant modified) {}
