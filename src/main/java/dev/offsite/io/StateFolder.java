package dev.offsite.io;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The state of a single machine: a folder with a small text file for each text. A place in a text is a number of bytes. */
public final class StateFolder implements StateStore {

    /** What is read and handed over at once. */
    private static final int BLOCK = 64 << 10;

    /** Updates take milliseconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** As earlier versions called it, which may run beside this one. */
    private static final String LOCK = "memory.lock";

    private final Path folder;

    public StateFolder(Path folder) {
        this.folder = folder;
    }

    public StateFolder(String folder) {
        this(Path.of(folder));
    }

    public Path path() {
        return folder;
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public boolean exists() {
        return Files.isDirectory(folder);
    }

    @Override
    public Optional<String> text(String name) {
        Path file = file(name);
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateException.unreadable(file, e);
        }
    }

    @Override
    public long lines(String name, long from, Consumer<String> each) {
        Path file = file(name);
        long end = from;
        try (InputStream in = Channels.newInputStream(
                FileChannel.open(file, StandardOpenOption.READ).position(from))) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            byte[] part = new byte[BLOCK];
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                int whole = length;
                while (whole > 0 && part[whole - 1] != '\n') {
                    whole--;
                }
                lines.write(part, 0, whole);
                if (whole > 0) {
                    end += lines.size();
                    lines.toString(StandardCharsets.UTF_8).lines().forEach(each);
                    lines.reset();
                }
                lines.write(part, whole, length - whole);
            }
            return end;
        } catch (NoSuchFileException e) {
            return from;
        } catch (IOException e) {
            throw StateException.unreadable(file, e);
        }
    }

    @Override
    public InputStream open(String name, long from) {
        Path file = file(name);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new BufferedInputStream(Channels.newInputStream(channel.position(from)));
        } catch (NoSuchFileException e) {
            return InputStream.nullInputStream();
        } catch (IOException e) {
            throw StateException.unreadable(file, e);
        }
    }

    @Override
    public long end(String name) {
        return version(name).map(Version::end).orElse(0L);
    }

    @Override
    public Optional<Version> version(String name) {
        Path file = file(name);
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Version(
                    String.valueOf(now.fileKey()),
                    now.size(),
                    now.lastModifiedTime().toString()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateException.unreadable(file, e);
        }
    }

    @Override
    public long size(String name) {
        return end(name);
    }

    @Override
    public String tail(String name, int bytes) {
        try (InputStream in = open(name, Math.max(0, size(name) - bytes))) {
            return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw StateException.unreadable(file(name), e);
        }
    }

    @Override
    public void replace(String name, String text, boolean durable) {
        Path file = file(name);
        try {
            PrivateFiles.makeFolder(file.getParent());
            PrivateFiles.replace(file, text, durable);
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    @Override
    public void append(String name, String text) {
        Path file = file(name);
        try {
            PrivateFiles.makeFolder(file.getParent());
            boolean fresh = !Files.exists(file);
            // One write, because each is synced to disk.
            try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.DSYNC, StandardOpenOption.APPEND)) {
                PrivateFiles.write(channel, text);
            }
            if (fresh) {
                PrivateFiles.syncFolder(file.getParent());
            }
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    @Override
    public String update(String name, UnaryOperator<String> change, boolean durable) {
        Path locked = folder.resolve(LOCK);
        try (ProcessLock lock = ProcessLock.take(locked, PATIENCE)
                .orElseThrow(() -> new IOException("%s is locked by another process".formatted(locked)))) {
            Optional<String> before = text(name);
            String after = change.apply(before.orElse(""));
            if (!after.equals(before.orElse(""))) {
                replace(name, after, durable);
            }
            return after;
        } catch (IOException e) {
            throw StateException.unwritable(file(name), e);
        }
    }

    @Override
    public void delete(String name) {
        Path file = file(name);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    @Override
    public List<String> names(String name) {
        Path in = folder.resolve(name);
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw StateException.unreadable(in, e);
        }
    }

    /** The names of all files there, texts or not, those of folders in it, too. */
    public List<String> all() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StateException.unreadable(folder, e);
        } catch (UncheckedIOException e) {
            throw StateException.unreadable(folder, e.getCause());
        }
    }

    @Override
    public String place(String name) {
        return file(name).toString();
    }
}
