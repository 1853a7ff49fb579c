package dev.tidemill.storage.file;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A file system whose process dies at a given operation that changes something: from then on every
 * operation fails. An append that is hit leaves half of its bytes. Operations are counted from 0.
 */
public final class FaultyFileSystem implements FileSystem {
  private final FileSystem inner = new LocalFileSystem();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final int dieAt;
  private int operations;
  private boolean dead;

  /** What is thrown. */
  public static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  public FaultyFileSystem(int dieAt) {
    this.dieAt = dieAt;
  }

  public boolean isDead() {
    return dead;
  }

  /** What the operating system does for a dead process: closes what it had open. */
  public void bury() {
    dead = true;
    for (AutoCloseable closeable : open) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private boolean hit() {
    if (dead) {
      throw new Death();
    }
    dead = operations++ == dieAt;
    return dead;
  }

  private void step() {
    if (hit()) {
      throw new Death();
    }
  }

  private void alive() {
    if (dead) {
      throw new Death();
    }
  }

  @Override
  public List<FileStatus> list(String directory, Predicate<String> enters) {
    alive();
    return inner.list(directory, enters);
  }

  @Override
  public @Nullable FileStatus stat(String path) {
    alive();
    return inner.stat(path);
  }

  @Override
  public FileInput open(String path) {
    alive();
    return inner.open(path);
  }

  @Override
  public FileOutput create(String path) {
    step();
    FileOutput output = inner.create(path);
    return new FileOutput() {
      @Override
      public String path() {
        return path;
      }

      @Override
      public void write(byte[] bytes, int offset, int count) {
        step();
        output.write(bytes, offset, count);
      }

      @Override
      public long position() {
        return output.position();
      }

      @Override
      public void commit() {
        step();
        output.commit();
        step();
      }

      @Override
      public boolean commitNew() {
        step();
        boolean isNew = output.commitNew();
        step();
        return isNew;
      }

      @Override
      public void close() {
        if (!dead) {
          output.close();
        }
      }
    };
  }

  @Override
  public FileLog openLog(String path) {
    step();
    FileLog log = inner.openLog(path);
    open.add(log);
    return new FileLog() {
      @Override
      public long size() {
        return log.size();
      }

      @Override
      public void append(byte[] bytes, int offset, int count) {
        if (hit()) {
          log.append(bytes, offset, count / 2);
          throw new Death();
        }
        log.append(bytes, offset, count);
      }

      @Override
      public void sync() {
        step();
        log.sync();
      }

      @Override
      public void truncate(long size) {
        step();
        log.truncate(size);
      }

      @Override
      public void close() {
        if (!dead) {
          log.close();
        }
      }
    };
  }

  @Override
  public boolean delete(String path) {
    step();
    return inner.delete(path);
  }

  @Override
  public void deleteTemporaries(String directory) {
    step();
    inner.deleteTemporaries(directory);
  }

  @Override
  public FileLock lock(String path, String owner) {
    step();
    FileLock lock = inner.lock(path, owner);
    open.add(lock);
    return () -> {
      if (!dead) {
        lock.close();
      }
    };
  }
}
