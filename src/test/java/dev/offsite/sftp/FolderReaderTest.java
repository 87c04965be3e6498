package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Folders are read many at a time, and no more are open than a server allows. */
@Timeout(60)
class FolderReaderTest {
    private static final int CLOSE = 4;

    private final Set<String> open = new HashSet<>();
    private final Map<String, Integer> reads = new HashMap<>();
    private int mostOpen;
    private int places = Integer.MAX_VALUE;
    private int packets = 1;
    private String forbidden = "";

    /** Each folder has so many packets of a hundred files, and after its end it begins again. */
    private final ScriptedServer server = new ScriptedServer((request, server) -> {
        String path = request.text();
        switch (request.type()) {
            case ScriptedServer.OPENDIR -> {
                if (path.equals(forbidden)) {
                    server.status(request.id(), SftpStatusException.PERMISSION_DENIED, "Permission denied");
                } else if (open.size() >= places) {
                    server.status(request.id(), SftpStatusException.FAILURE, "Failure");
                } else {
                    open.add(path);
                    mostOpen = Math.max(mostOpen, open.size());
                    server.handle(request.id(), path);
                }
            }
            case ScriptedServer.READDIR -> {
                int read = reads.merge(path, 1, Integer::sum) % (packets + 1);
                if (read == 0) {
                    server.status(request.id(), SftpStatusException.EOF, "End of file");
                } else {
                    server.names(
                            request.id(),
                            ScriptedServer.FILE,
                            IntStream.range(0, 100)
                                    .mapToObj(i -> read + "." + i)
                                    .toList());
                }
            }
            case CLOSE -> {
                open.remove(path);
                server.done(request.id());
            }
            case ScriptedServer.LSTAT -> server.attributes(request.id(), 0, ScriptedServer.FOLDER);
            case ScriptedServer.REALPATH -> server.names(request.id(), ScriptedServer.FOLDER, List.of(path));
            default -> server.status(request.id(), SftpStatusException.FAILURE, "Failure");
        }
    });

    private final FolderReader reader = new FolderReader(server.pipeline(), new FolderReader.Allowance(Long.MAX_VALUE));

    private static List<String> paths(int from, int number) {
        return IntStream.range(from, from + number).mapToObj(i -> "/srv/" + i).toList();
    }

    @Test
    void aLargeFolderIsReadInFewRoundTrips() throws IOException {
        packets = 50;

        List<FolderReader.Folder> folders = reader.read(paths(0, 1), List.of());

        assertThat(folders.get(0).entries()).hasSize(5000).doesNotHaveDuplicates();
        assertThat(server.bursts()).isEqualTo(3);
    }

    @Test
    void theNextFoldersAreOpenedMeanwhile() throws IOException {
        reader.read(paths(0, 48), paths(48, 48));
        int before = server.bursts();
        reader.read(paths(48, 48), List.of());

        assertThat(server.bursts() - before).isEqualTo(1);
        assertThat(mostOpen).isEqualTo(96);
        reader.close();
        assertThat(open).isEmpty();
    }

    @Test
    void whatWasOpenedInVainIsClosed() throws IOException {
        reader.read(paths(0, 2), paths(2, 2));

        assertThat(open).contains("/srv/2", "/srv/3");
        reader.close();
        assertThat(open).isEmpty();
    }

    @Test
    void aServerThatOpensFewIsReadAllTheSame() throws IOException {
        places = 10;

        List<FolderReader.Folder> folders = reader.read(paths(0, 48), paths(48, 48));

        assertThat(folders)
                .allSatisfy(folder -> assertThat(folder.entries()).hasSize(100))
                .allSatisfy(folder -> assertThat(folder.refusal()).isNull());
    }

    @Test
    void whatMayNotBeReadIsNamedAndIsStillAFolder() throws IOException {
        forbidden = "/srv/1";

        List<FolderReader.Folder> folders = reader.read(paths(0, 3), List.of());

        assertThat(folders).allMatch(FolderReader.Folder::isReal);
        assertThat(folders.get(1).refusal()).hasMessage("Permission denied");
        assertThat(folders.get(2).entries()).hasSize(100);
    }

    @Test
    void aFolderWithoutEndIsClosed() throws IOException {
        packets = Integer.MAX_VALUE - 1;
        FolderReader small = new FolderReader(server.pipeline(), new FolderReader.Allowance(1 << 20));

        assertThatThrownBy(() -> small.read(paths(0, 1), List.of()))
                .isInstanceOf(SftpStatusException.class)
                .hasMessageContaining("too many entries");
        small.close();
        assertThat(open).isEmpty();
    }
}
