package dev.offsite.catalog;

import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemoteStat;
import java.time.LocalDate;

/**
 * The location of a dated folder.
 *
 * @param name of the folder; in the trash a number may follow its day
 * @param path absolute on the server
 * @param trash whether it was pruned and can still be brought back
 * @param listed whether it had a manifest, readable or not, when the root was listed
 */
public record DatedFolderRef(String name, String day, LocalDate date, String path, boolean trash, boolean listed) {

    /** The same folder, after its manifest was looked at. */
    DatedFolderRef with(RemoteStat manifest) {
        boolean there = manifest.refusal() != null
                || manifest.entry().filter(RemoteFile::file).isPresent();
        return new DatedFolderRef(name, day, date, path, trash, there);
    }
}
