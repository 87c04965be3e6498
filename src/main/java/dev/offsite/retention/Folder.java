package dev.offsite.retention;

/**
 * One entry of a job's root, as the server lists it.
 *
 * @param name its name, without a path
 * @param directory whether it is a directory itself; false for a symbolic link to one
 * @param manifest whether it holds a {@code SHA256SUMS} that can be read
 */
public record Folder(String name, boolean directory, boolean manifest) {}
