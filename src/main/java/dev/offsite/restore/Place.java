package dev.offsite.restore;

import java.time.LocalDate;

/**
 * Where a dated folder is.
 *
 * @param name of the folder
 * @param date its day
 * @param path absolute on the server
 * @param trash whether it was pruned and can still be brought back
 */
public record Place(String name, LocalDate date, String path, boolean trash) {}
