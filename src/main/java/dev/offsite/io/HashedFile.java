package dev.offsite.io;

/** What a file had when it was read or written: the SHA-256 of its bytes, in lower-case hex, and their number. */
public record HashedFile(String sha256, long size) {}
