package dev.offsite.cli;

import dev.offsite.io.Clocks;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;

/** Lists any folder or file on a server. */
record RemoteListing(CamelApplication routes, Target target) {

    private static final String PERMISSIONS = "rwxrwxrwx";

    private record Found(boolean folder, List<RemoteFile> entries) {}

    /** Fails with {@link CommandException} if the absolute path cannot be listed */
    int print(String path, ListCommand.Order order, boolean json, PrintStream out) {
        Found found = find(path);
        List<RemoteFile> entries = found.entries().stream()
                .sorted(order.by(RemoteFile::size, RemoteFile::modified, RemoteFile::name))
                .toList();
        if (json) {
            JsonOutput.print("list", json(path, found.folder(), entries));
        } else if (!entries.isEmpty()) {
            out.print(text(entries, Clocks.of(routes.context()).getZone()));
        }
        return ExitCode.OK;
    }

    private Found find(String path) {
        try {
            return routes.services().connections().to(target).sessions().callForMany(session -> find(session, path));
        } catch (IOException e) {
            throw new CommandException(FailureMessages.of(e, target, "list " + path));
        }
    }

    private Found find(SftpSession session, String path) throws IOException {
        // A dangling symbolic link still exists.
        Optional<RemoteFile> there = session.follow(path);
        RemoteFile entry = (there.isPresent() ? there : session.stat(path))
                .orElseThrow(() -> new IOException("there is no %s on %s".formatted(path, target)));
        return entry.directory()
                ? new Found(true, RealFolders.list(session, path, name -> true))
                : new Found(false, List.of(entry));
    }

    private static String text(List<RemoteFile> entries, ZoneId zone) {
        Table table = Table.forPeople("MODE", ">SIZE", "MODIFIED", "NAME");
        for (RemoteFile entry : entries) {
            table.row(
                    letter(entry) + permissions(entry),
                    Text.size(entry.size()),
                    Listing.time(entry.modified(), zone),
                    Text.line(entry.name()) + (entry.directory() ? "/" : ""));
        }
        return table.text();
    }

    private static String letter(RemoteFile entry) {
        return switch (kind(entry)) {
            case "folder" -> "d";
            case "file" -> "-";
            case "link" -> "l";
            default -> "?";
        };
    }

    private static String kind(RemoteFile entry) {
        if (entry.link()) {
            return "link";
        }
        if (entry.directory()) {
            return "folder";
        }
        return entry.file() ? "file" : "special";
    }

    private static String permissions(RemoteFile entry) {
        StringBuilder text = new StringBuilder(PERMISSIONS);
        for (int i = 0; i < PERMISSIONS.length(); i++) {
            if ((entry.mode() >> (PERMISSIONS.length() - 1 - i) & 1) == 0) {
                text.setCharAt(i, '-');
            }
        }
        return text.toString();
    }

    /** docs/json.md describes the fields. */
    private JsonObject json(String path, boolean folder, List<RemoteFile> entries) {
        JsonObject json = new JsonObject();
        json.put("target", target.toString());
        json.put("path", path);
        json.put("kind", folder ? "folder" : kind(entries.get(0)));
        json.put("entries", entries.stream().map(RemoteListing::json).toList());
        return json;
    }

    private static JsonObject json(RemoteFile entry) {
        JsonObject json = new JsonObject();
        json.put("name", entry.name());
        json.put("kind", kind(entry));
        json.put("size", entry.size());
        json.put("modified", entry.modified().toString());
        json.put("permissions", "%04o".formatted(entry.mode() & 07777));
        return json;
    }
}
