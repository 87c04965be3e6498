import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * A ledger as many runs would have left it: an entry for each file that is in a folder, and others, of files that have gone,
 * up to a number. Run by bench/scale: {@code java -cp 'lib/*' Seed.java ledger.mv destination source entries}.
 */
class Seed {
    public static void main(String[] args) {
        String destination = args[1];
        File source = new File(args[2]);
        int entries = Integer.parseInt(args[3]);
        try (MVStore store = new MVStore.Builder().fileName(args[0]).cacheSize(8).open()) {
            MVMap<String, String> copies = store.openMap("copies");
            add(source, copies, destination);
            for (int i = copies.size(); i < entries; i++) {
                String day = "2024%02d%02d".formatted(i / 28 % 12 + 1, i % 28 + 1);
                copies.put("%s %s/gone/%s/backup-%07d.sql.gz %d %d"
                        .formatted(destination, source, day, i, 1700000000000L + i, 1000L + i % 777), "");
                if (i % 5000 == 0) {
                    store.commit();
                }
            }
        }
    }

    private static void add(File folder, MVMap<String, String> copies, String destination) {
        for (File file : List.of(folder.listFiles())) {
            if (file.isDirectory()) {
                add(file, copies, destination);
            } else {
                copies.put("%s %s %d %d".formatted(destination, file.getPath(), file.lastModified(), file.length()), "");
            }
        }
    }
}
