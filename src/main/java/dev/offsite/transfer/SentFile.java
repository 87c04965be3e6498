package dev.offsite.transfer;

/** A file under its temporary name; {@code sha256} is of the bytes as read (put) or received (get), lower-case hex. */
public record SentFile(String sha256, long size) {}
