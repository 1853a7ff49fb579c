package dev.tidemill.engine;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileLock;
import dev.tidemill.storage.file.FileLog;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The machine's files, of which one call that changes something fails, or all from one on. Calls
 * are counted from 0 and made one at a time, whatever thread they are of; a write that is hit
 * leaves half of its bytes. Closing and giving a lock back always work.
 */
final class FaultyFiles implements FileSystem {
  private static final ErrorCode FAILED = ErrorCode.external("FILE_IO_FAILED");

  private final FileSystem inner = new LocalFileSystem();
  private final int failAt;
  private final boolean forEver;
  private final IntConsumer before;
  private volatile Predicate<String> full = path -> false;
  private volatile Predicate<String> unreadable = path -> false;
  private int calls;
  private int readings;
  private int failingReading = -1;
  private @Nullable String hit;

  /** Per log that is open how many of its bytes are synced. */
  private final Map<String, Long> synced = new ConcurrentHashMap<>();

  private FaultyFiles(int failAt, boolean forEver, IntConsumer before) {
    this.failAt = failAt;
    this.forEver = forEver;
    this.before = before;
  }

  static FaultyFiles once(int failAt) {
    return new FaultyFiles(failAt, false, call -> {});
  }

  static FaultyFiles from(int failAt) {
    return new FaultyFiles(failAt, true, call -> {});
  }

  /** Nothing fails; {@code before} is told of each call before it is made. */
  static FaultyFiles watched(IntConsumer before) {
    return new FaultyFiles(-1, false, before);
  }

  /** From now on calls about these paths fail; none where the disk has room again. */
  void setFull(Predicate<String> paths) {
    full = paths;
  }

  /** Of the calls from now on that only look at these paths one fails; they are counted from 0. */
  synchronized void failReading(Predicate<String> paths, int reading) {
    unreadable = paths;
    readings = 0;
    failingReading = reading;
  }

  private synchronized void look(String path) {
    if (unreadable.test(path) && readings++ == failingReading) {
      hit = path;
      throw failure("read", path);
    }
  }

  /** The path that a failing call was about, or null where none was made. */
  @Nullable String hit() {
    return hit;
  }

  /** Per log how long it is after a power failure. */
  Map<String, Long> synced() {
    return synced;
  }

  private synchronized boolean fails(String path) {
    int call = calls++;
    before.accept(call);
    boolean fails = failAt >= 0 && (call == failAt || forEver && call > failAt) || full.test(path);
    if (fails && hit == null) {
      hit = path;
    }
    return fails;
  }

  private static TidemillException failure(String what, String path) {
    return new TidemillException(
        FAILED, "cannot %s %s: No space left on device".formatted(what, path));
  }

  private void call(String what, String path) {
    if (fails(path)) {
      throw failure(what, path);
    }
  }

  @Override
  public List<FileStatus> list(String directory, Predicate<String> enters) {
    look(directory);
    return inner.list(directory, enters);
  }

  @Override
  public @Nullable FileStatus stat(String path) {
    look(path);
    return inner.stat(path);
  }

  @Override
  public FileInput open(String path) {
    look(path);
    return inner.open(path);
  }

  @Override
  public synchronized FileOutput create(String path) {
    call("write", path);
    FileOutput output = inner.create(path);
    return new FileOutput() {
      @Override
      public String path() {
        return path;
      }

      @Override
      public void write(byte[] bytes, int offset, int count) {
        synchronized (FaultyFiles.this) {
          if (fails(path)) {
            output.write(bytes, offset, count / 2);
            throw failure("write", path);
          }
          output.write(bytes, offset, count);
        }
      }

      @Override
      public long position() {
        return output.position();
      }

      @Override
      public void commit() {
        synchronized (FaultyFiles.this) {
          call("write", path);
          output.commit();
          call("sync", path);
        }
      }

      @Override
      public boolean commitNew() {
        synchronized (FaultyFiles.this) {
          call("write", path);
          boolean isNew = output.commitNew();
          call("sync", path);
          return isNew;
        }
      }

      @Override
      public void close() {
        synchronized (FaultyFiles.this) {
          output.close();
        }
      }
    };
  }

  @Override
  public synchronized FileLog openLog(String path) {
    call("write", path);
    FileLog log = inner.openLog(path);
    synced.putIfAbsent(path, log.size());
    return new FileLog() {
      @Override
      public long size() {
        return log.size();
      }

      @Override
      public void append(byte[] bytes, int offset, int count) {
        synchronized (FaultyFiles.this) {
          if (fails(path)) {
            log.append(bytes, offset, count / 2);
            throw failure("write", path);
          }
          log.append(bytes, offset, count);
        }
      }

      @Override
      public void sync() {
        synchronized (FaultyFiles.this) {
          call("sync", path);
          log.sync();
          synced.put(path, log.size());
        }
      }

      @Override
      public void truncate(long size) {
        synchronized (FaultyFiles.this) {
          call("truncate", path);
          log.truncate(size);
          synced.put(path, log.size());
        }
      }

      @Override
      public void close() {
        log.close();
      }
    };
  }

  @Override
  public synchronized boolean delete(String path) {
    call("delete", path);
    synced.remove(path);
    return inner.delete(path);
  }

  @Override
  public synchronized void deleteTemporaries(String directory) {
    call("delete temporary files in", directory);
    inner.deleteTemporaries(directory);
  }

  @Override
  public synchronized FileLock lock(String path, String owner) {
    call("lock", path);
    return inner.lock(path, owner);
  }
}
