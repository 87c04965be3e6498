package dev.offsite.retention;

/**
 * What becomes of one entry of a job's root.
 *
 * @param folder its name
 * @param remove whether it is to go; otherwise it stays as it is
 * @param reason why, for people: {@code kept: …}, {@code removed: …} or {@code left alone: …}
 */
public record Decision(String folder, boolean remove, String reason) {}
