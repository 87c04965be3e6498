package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is in a remote folder, without {@code .} and {@code ..}.
 *
 * @param real whether it is a folder and no link
 * @param refusal why it was not listed; null if it was
 */
public record FolderListing(String path, boolean real, List<RemoteFile> entries, SftpStatusException refusal) {

    /** Lists folders: together, where requests can be pipelined. Fails only if the connection is lost. */
    public static List<FolderListing> of(SftpSession remote, List<String> paths) throws IOException {
        FolderReader.Allowance allowance = new FolderReader.Allowance(SftpSession.MOST_MEMORY);
        Optional<SftpPipeline> many = remote.channels().pipelineFor(paths.size());
        if (many.isPresent()) {
            return pipelined(many.get(), paths, allowance);
        }
        List<FolderListing> listings = new ArrayList<>();
        for (String path : paths) {
            boolean real = RealFolders.is(remote, path);
            List<RemoteFile> entries = new ArrayList<>();
            SftpStatusException refusal = null;
            try {
                unpipelined(remote, path, allowance, entries);
            } catch (SftpStatusException e) {
                if (!e.answered()) {
                    throw e;
                }
                refusal = e;
            }
            listings.add(new FolderListing(path, real, entries, refusal));
        }
        return listings;
    }

    /** The entries of a folder: with the pipeline if that is open, else with JSch. */
    static List<RemoteFile> entries(SftpSession remote, String folder, FolderReader.Allowance allowance)
            throws SftpStatusException {
        try {
            Optional<SftpPipeline> open = remote.channels().pipelineFor(1);
            return open.isPresent()
                    ? pipelined(open.get(), List.of(folder), allowance).get(0).entriesOrFail()
                    : unpipelined(remote, folder, allowance, new ArrayList<>());
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    private static List<FolderListing> pipelined(
            SftpPipeline pipeline, List<String> paths, FolderReader.Allowance allowance) throws IOException {
        try (FolderReader reader = new FolderReader(pipeline, allowance)) {
            return reader.read(paths, List.of()).stream()
                    .map(folder -> new FolderListing(
                            folder.path(),
                            folder.isReal(),
                            folder.entries().stream().map(RemoteFile::readable).toList(),
                            folder.refusal()))
                    .toList();
        }
    }

    private static List<RemoteFile> unpipelined(
            SftpSession remote, String folder, FolderReader.Allowance allowance, List<RemoteFile> entries)
            throws SftpStatusException {
        remote.channels()
                .tell(sftp -> sftp.ls(SftpSession.literal(folder), entry -> {
                    if (!entry.getFilename().equals(".") && !entry.getFilename().equals("..")) {
                        RemoteFile one = RemoteFile.of(entry.getFilename(), entry.getAttrs());
                        entries.add(one);
                        allowance.take(one);
                    }
                    return allowance.isSpent()
                            ? ChannelSftp.LsEntrySelector.BREAK
                            : ChannelSftp.LsEntrySelector.CONTINUE;
                }));
        allowance.check(folder, entries.size());
        return entries;
    }

    /** Fails as the listing was refused. */
    public List<RemoteFile> entriesOrFail() throws SftpStatusException {
        if (refusal != null) {
            throw refusal;
        }
        return entries;
    }

    /** None if there is no such folder; fails as any other listing that was refused. */
    public List<RemoteFile> entriesIfThere() throws SftpStatusException {
        return SftpSession.ifThere(this::entriesOrFail).orElse(List.of());
    }
}
