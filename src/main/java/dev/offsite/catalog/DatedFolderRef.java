package dev.offsite.catalog;

import java.time.LocalDate;

/**
 * The location of a dated folder.
 *
 * @param name of the folder; in the trash a number may follow its day
 * @param path absolute on the server
 * @param trash whether it was pruned and can still be brought back
 */
public record DatedFolderRef(String name, String day, LocalDate date, String path, boolean trash) {}
