package dev.offsite.restore;

/** A downloaded file under its final name; {@code sha256} is of the local bytes, lower-case hex. */
public record DownloadResult(String sha256, long size) {}
