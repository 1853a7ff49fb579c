package dev.tidemill.storage.file;

import dev.tidemill.foundation.memory.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own files. A new file is written beside its place as {@code .NAME.PID-N.tmp},
 * synced, renamed, and its directory synced.
 */
public final class LocalFileSystem implements FileSystem {
  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9]+-[0-9]+\\.tmp");

  /**
   * The lock files that this process has, by their real paths, with who has each. The operating
   * system gives a process's locks on a file back as soon as it closes any channel to it, so a
   * second attempt from the same process must not even open the file.
   */
  private static final Map<String, String> LOCKED_HERE = new ConcurrentHashMap<>();

  /**
   * Begins anywhere: processes in containers have the same ids, and what one writes no other must.
   */
  private final AtomicLong temporaryFiles =
      new AtomicLong(ThreadLocalRandom.current().nextLong(1L << 48));

  @Override
  public List<FileStatus> list(String directory, Predicate<String> enters) {
    List<FileStatus> files = new ArrayList<>();
    Path root = Path.of(directory);
    try {
      Files.walkFileTree(
          root,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              return path.equals(root) || isEntered(path)
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              if (!path.equals(root) && !FileSystem.isHidden(path.getFileName().toString())) {
                files.add(status(path.toString(), attributes));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException failure)
                throws IOException {
              if (!path.equals(root) && !isEntered(path)
                  || failure instanceof NoSuchFileException
                  || failure instanceof NotDirectoryException) {
                return FileVisitResult.CONTINUE;
              }
              throw failure;
            }

            private boolean isEntered(Path path) {
              String name = path.getFileName().toString();
              return !FileSystem.isHidden(name) && enters.test(name);
            }
          });
    } catch (IOException e) {
      throw FileErrors.failed("list", directory, e);
    }
    files.sort(Comparator.comparing(FileStatus::path));
    return files;
  }

  private static FileStatus status(String path, BasicFileAttributes attributes) {
    return new FileStatus(
        path,
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        attributes.isDirectory());
  }

  @Override
  public @Nullable FileStatus stat(String path) {
    try {
      return status(path, Files.readAttributes(Path.of(path), BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      if (e.getMessage() != null && e.getMessage().contains("Not a directory")) {
        return null;
      }
      throw FileErrors.failed("look at", path, e);
    }
  }

  @Override
  public FileInput open(String path) {
    FileChannel channel = channel("open", path, StandardOpenOption.READ);
    try {
      return new Input(path, channel, channel.size());
    } catch (IOException e) {
      closeAfterFailure(channel);
      throw FileErrors.failed("open", path, e);
    }
  }

  @Override
  public FileOutput create(String path) {
    String temporary =
        "%s/.%s.%d-%d.tmp"
            .formatted(
                FileSystem.parent(path),
                FileSystem.name(path),
                ProcessHandle.current().pid(),
                temporaryFiles.incrementAndGet());
    makeDirectories(FileSystem.parent(path));
    return new Output(
        path,
        temporary,
        channel(
            "write",
            temporary,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING));
  }

  @Override
  public FileLog openLog(String path) {
    makeDirectories(FileSystem.parent(path));
    boolean isNew = stat(path) == null;
    FileChannel channel =
        channel(
            "write",
            path,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ);
    try {
      return new Log(path, channel, channel.size(), isNew);
    } catch (IOException e) {
      closeAfterFailure(channel);
      throw FileErrors.failed("write", path, e);
    }
  }

  @Override
  public boolean delete(String path) {
    try {
      return Files.deleteIfExists(Path.of(path));
    } catch (IOException e) {
      throw FileErrors.failed("delete", path, e);
    }
  }

  @Override
  public void deleteTemporaries(String directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(directory), ".*.tmp")) {
      for (Path file : files) {
        if (TEMPORARY.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw FileErrors.failed("delete temporary files in", directory, e);
    }
  }

  @Override
  public FileLock lock(String path, String owner) {
    makeDirectories(FileSystem.parent(path));
    String text = "%s (process %d)".formatted(owner, ProcessHandle.current().pid());
    String place = realPath(path);
    String holder = LOCKED_HERE.putIfAbsent(place, text);
    if (holder != null) {
      throw FileErrors.locked(path, holder);
    }
    try {
      return lock(path, place, text);
    } catch (Throwable t) {
      LOCKED_HERE.remove(place);
      throw t;
    }
  }

  private static FileLock lock(String path, String place, String text) {
    FileChannel channel =
        channel(
            "lock",
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE);
    boolean held = false;
    try {
      if (tryLock(channel) == null) {
        throw FileErrors.locked(path, new String(readAll(channel), StandardCharsets.UTF_8).strip());
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      held = true;
      return () -> unlock(path, place, channel);
    } catch (IOException e) {
      throw FileErrors.failed("lock", path, e);
    } finally {
      if (!held) {
        closeAfterFailure(channel);
      }
    }
  }

  private static String realPath(String path) {
    try {
      return Path.of(FileSystem.parent(path))
          .toRealPath()
          .resolve(FileSystem.name(path))
          .toString();
    } catch (IOException e) {
      throw FileErrors.failed("lock", path, e);
    }
  }

  /** What has failed before is what is said. */
  private static void closeAfterFailure(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      return;
    }
  }

  private static java.nio.channels.@Nullable FileLock tryLock(FileChannel channel)
      throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void unlock(String path, String place, FileChannel channel) {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      channel.truncate(0);
    } catch (IOException e) {
      throw FileErrors.failed("unlock", path, e);
    } finally {
      LOCKED_HERE.remove(place);
    }
  }

  private static byte[] readAll(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate((int) Math.min(channel.size(), 4096));
    while (content.hasRemaining() && channel.read(content, content.position()) > 0) {
      continue;
    }
    return content.array();
  }

  private static FileChannel channel(String what, String path, StandardOpenOption... options) {
    try {
      return FileChannel.open(Path.of(path), options);
    } catch (IOException e) {
      throw FileErrors.failed(what, path, e);
    }
  }

  private static void makeDirectories(String directory) {
    Path path = Path.of(directory);
    if (Files.isDirectory(path)) {
      return;
    }
    try {
      List<String> parents = new ArrayList<>();
      Path there = path;
      while (!Files.exists(there)) {
        Path parent = there.getParent();
        if (parent == null) {
          break;
        }
        parents.add(parent.toString());
        there = parent;
      }
      Files.createDirectories(path);
      parents.forEach(LocalFileSystem::syncDirectory);
    } catch (IOException e) {
      throw FileErrors.failed("make the directory", directory, e);
    }
  }

  private static void syncDirectory(String directory) {
    try (FileChannel channel = FileChannel.open(Path.of(directory), StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw FileErrors.failed("sync", directory, e);
    }
  }

  private record Input(String path, FileChannel channel, long size) implements FileInput {
    @Override
    public void readFully(long position, byte[] to, int offset, int count) {
      fill(position, ByteBuffer.wrap(to, offset, count));
    }

    @Override
    public void readFully(long position, long address, int count) {
      fill(position, Memory.segment(address, count).asByteBuffer());
    }

    private void fill(long position, ByteBuffer to) {
      int count = to.remaining();
      long at = position;
      try {
        while (to.hasRemaining()) {
          int read = channel.read(to, at);
          if (read < 0) {
            throw FileErrors.truncated(path, position, count, channel.size());
          }
          at += read;
        }
      } catch (IOException e) {
        throw FileErrors.failed("read", path, e);
      }
    }

    @Override
    public int read(long position, byte[] to, int offset, int count) {
      try {
        return channel.read(ByteBuffer.wrap(to, offset, count), position);
      } catch (IOException e) {
        throw FileErrors.failed("read", path, e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw FileErrors.failed("close", path, e);
      }
    }
  }

  private static final class Output implements FileOutput {
    private final String path;
    private final String temporary;
    private final FileChannel channel;
    private long position;
    private boolean committed;

    Output(String path, String temporary, FileChannel channel) {
      this.path = path;
      this.temporary = temporary;
      this.channel = channel;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      writeFully(channel, position, bytes, offset, count, path);
      position += count;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void sync() {
      try {
        channel.force(false);
      } catch (IOException e) {
        throw FileErrors.failed("sync", path, e);
      }
    }

    @Override
    public void commit() {
      try {
        channel.force(true);
        channel.close();
        Files.move(
            Path.of(temporary),
            Path.of(path),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        committed = true;
      } catch (IOException e) {
        throw FileErrors.failed("write", path, e);
      }
      syncDirectory(FileSystem.parent(path));
    }

    /** By a second name, which cannot be given where it is taken. */
    @Override
    public boolean commitNew() {
      try {
        channel.force(true);
        channel.close();
        Files.createLink(Path.of(path), Path.of(temporary));
        Files.delete(Path.of(temporary));
        committed = true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } catch (IOException e) {
        throw FileErrors.failed("write", path, e);
      }
      syncDirectory(FileSystem.parent(path));
      return true;
    }

    @Override
    public void close() {
      if (committed) {
        return;
      }
      try {
        channel.close();
        Files.deleteIfExists(Path.of(temporary));
      } catch (IOException e) {
        throw FileErrors.failed("delete", temporary, e);
      }
    }
  }

  private static final class Log implements FileLog {
    private final String path;
    private final FileChannel channel;
    private long size;
    private boolean isNew;

    Log(String path, FileChannel channel, long size, boolean isNew) {
      this.path = path;
      this.channel = channel;
      this.size = size;
      this.isNew = isNew;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void append(byte[] bytes, int offset, int count) {
      writeFully(channel, size, bytes, offset, count, path);
      size += count;
    }

    @Override
    public void sync() {
      try {
        channel.force(true);
      } catch (IOException e) {
        throw FileErrors.failed("sync", path, e);
      }
      if (isNew) {
        syncDirectory(FileSystem.parent(path));
        isNew = false;
      }
    }

    @Override
    public void truncate(long newSize) {
      try {
        channel.truncate(newSize);
      } catch (IOException e) {
        throw FileErrors.failed("truncate", path, e);
      }
      size = newSize;
      sync();
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw FileErrors.failed("close", path, e);
      }
    }
  }

  private static void writeFully(
      FileChannel channel, long position, byte[] bytes, int offset, int count, String path) {
    ByteBuffer from = ByteBuffer.wrap(bytes, offset, count);
    long at = position;
    try {
      while (from.hasRemaining()) {
        at += channel.write(from, at);
      }
    } catch (IOException e) {
      throw FileErrors.failed("write", path, e);
    }
  }
}
