package dev.offsite.catalog;

import dev.offsite.age.AgeIdentities;
import dev.offsite.manifest.PlainFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes down again what is inside the encrypted copies of a job, after the state of this machine was lost: so that the next
 * ship recognises the files that are here.
 *
 * @param copies how many are known now that were not
 * @param folders that they are in
 * @param problems of dated folders that cannot be read whole
 */
public record ContentRecovery(int copies, int folders, List<String> problems) {

    public static ContentRecovery of(JobCatalog catalog, AgeIdentities identities) throws IOException {
        int copies = 0;
        int folders = 0;
        List<String> problems = new ArrayList<>();
        for (DatedFolderRef place : catalog.places()) {
            Snapshot snapshot = catalog.read(place);
            if (!snapshot.encrypted()) {
                continue;
            }
            Snapshot opened = catalog.open(snapshot, identities);
            List<PlainFile> found = missing(catalog, opened);
            catalog.contents().add(catalog.job(), place.day(), found);
            copies += found.size();
            folders += found.isEmpty() ? 0 : 1;
            if (!opened.problem().isEmpty()) {
                problems.add(place.name() + ": " + opened.problem());
            }
        }
        return new ContentRecovery(copies, folders, problems);
    }

    private static List<PlainFile> missing(JobCatalog catalog, Snapshot opened) {
        Set<String> known = new HashSet<>();
        catalog.contents().read(catalog.job(), opened.place().day(), file -> known.add(file.copySha256()));
        return opened.copies().stream()
                .filter(item -> !item.state().broken())
                .flatMap(item -> item.plain().stream())
                .filter(file -> !known.contains(file.copySha256()))
                .toList();
    }
}
