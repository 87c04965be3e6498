package dev.offsite.cli;

import dev.offsite.io.Clocks;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Lists any folder or file on a server. */
public final class RemoteListing {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final String PERMISSIONS = "rwxrwxrwx";

    private final CamelApplication routes;
    private final Target target;

    RemoteListing(CamelApplication routes, Target target) {
        this.routes = routes;
        this.target = target;
    }

    private static Comparator<RemoteFile> comparator(ListCommand.Order order) {
        Comparator<RemoteFile> byName = Comparator.comparing(RemoteFile::name);
        return switch (order) {
            case name -> byName;
            case size -> Comparator.comparingLong(RemoteFile::size).reversed().thenComparing(byName);
            case time -> Comparator.comparing(RemoteFile::modified).reversed().thenComparing(byName);
        };
    }

    private record Found(boolean folder, List<RemoteFile> entries) {}

    /** Fails with {@link CommandException} if the absolute path cannot be listed */
    int print(String path, ListCommand.Order order, boolean json, PrintStream out) {
        Found found = find(path);
        List<RemoteFile> entries =
                found.entries().stream().sorted(comparator(order)).toList();
        if (json) {
            out.println(json(path, found.folder(), entries));
        } else if (!entries.isEmpty()) {
            out.print(text(entries, Clocks.of(routes.context()).getZone()));
        }
        return ExitCode.OK;
    }

    private Found find(String path) {
        try {
            return routes.services().connections().to(target).sessions().call(session -> find(session, path));
        } catch (IOException e) {
            FailureMessages problem = FailureMessages.of(e, target, "list " + path);
            throw new CommandException(
                    problem.target() ? ExitCode.TARGET : ExitCode.FAILED, List.of(problem.message()));
        }
    }

    private Found find(SftpSession session, String path) throws IOException {
        // A dangling symbolic link still exists.
        Optional<RemoteFile> there = session.follow(path);
        RemoteFile entry = (there.isPresent() ? there : session.stat(path))
                .orElseThrow(() -> new IOException("there is no %s on %s".formatted(path, target)));
        return entry.directory() ? new Found(true, session.list(path)) : new Found(false, List.of(entry));
    }

    private static String text(List<RemoteFile> entries, ZoneId zone) {
        Table table = Table.forPeople("MODE", ">SIZE", "MODIFIED", "NAME");
        for (RemoteFile entry : entries) {
            table.row(
                    letter(entry) + permissions(entry),
                    Text.size(entry.size()),
                    TIME.format(entry.modified().atZone(zone)),
                    Text.line(entry.name()) + (entry.directory() ? "/" : ""));
        }
        return table.text();
    }

    private static char letter(RemoteFile entry) {
        return switch (kind(entry)) {
            case "folder" -> 'd';
            case "file" -> '-';
            case "link" -> 'l';
            default -> '?';
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
    private String json(String path, boolean folder, List<RemoteFile> entries) {
        JsonArray array = new JsonArray();
        for (RemoteFile entry : entries) {
            JsonObject json = new JsonObject();
            json.put("name", entry.name());
            json.put("kind", kind(entry));
            json.put("size", entry.size());
            json.put("modified", entry.modified().toString());
            json.put("permissions", "%04o".formatted(entry.mode() & 07777));
            array.add(json);
        }
        JsonObject json = new JsonObject();
        json.put("target", target.toString());
        json.put("path", path);
        json.put("kind", folder ? "folder" : kind(entries.get(0)));
        json.put("entries", array);
        return json.toJson();
    }
}
