package dev.offsite.source;

import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A list of files that takes a third of the memory that its elements would: a run may have a hundred thousand, and keeps them
 * to its end. Elements are made when they are asked for. Only adding at the end is possible.
 */
public final class SourceFiles extends AbstractList<SourceFile> {

    private static final int FIRST = 16;

    private final List<String> folders = new ArrayList<>();
    private final Map<String, Integer> folderNumbers = new HashMap<>();
    /** All names, one after another. */
    private final StringBuilder names = new StringBuilder();

    private int[] folderOf = new int[FIRST];
    private int[] nameEnds = new int[FIRST];
    private long[] sizes = new long[FIRST];
    private long[] modified = new long[FIRST];
    private int count;

    @Override
    public boolean add(SourceFile file) {
        if (count == sizes.length) {
            int more = count + (count >> 1);
            folderOf = Arrays.copyOf(folderOf, more);
            nameEnds = Arrays.copyOf(nameEnds, more);
            sizes = Arrays.copyOf(sizes, more);
            modified = Arrays.copyOf(modified, more);
        }
        folderOf[count] = folder(file.file().getParent());
        names.append(file.file().getName());
        nameEnds[count] = names.length();
        sizes[count] = file.size();
        modified[count] = file.modified();
        count++;
        return true;
    }

    /** {@code folder}: null for a name alone */
    private int folder(String folder) {
        return folderNumbers.computeIfAbsent(folder, added -> {
            folders.add(added);
            return folders.size() - 1;
        });
    }

    @Override
    public SourceFile get(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException(index);
        }
        String name = names.substring(index == 0 ? 0 : nameEnds[index - 1], nameEnds[index]);
        return new SourceFile(new File(folders.get(folderOf[index]), name), sizes[index], modified[index]);
    }

    @Override
    public int size() {
        return count;
    }
}
