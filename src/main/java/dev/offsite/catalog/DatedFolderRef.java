package dev.offsite.catalog;

import java.time.LocalDate;

/**
 * Where a dated folder is.
 *
 * @param name of the folder; in the trash it may have a number after its day
 * @param day as dated folders are named
 * @param date its day
 * @param path absolute on the server
 * @param trash whether it was pruned and can still be brought back
 */
public record DatedFolderRef(String name, String day, LocalDate date, String path, boolean trash) {}
