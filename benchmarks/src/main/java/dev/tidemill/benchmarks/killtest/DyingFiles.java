package dev.tidemill.benchmarks.killtest;

import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileLock;
import dev.tidemill.storage.file.FileLog;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The machine's files, of which one call that changes something is the last of the process: it, and
 * every call behind it, never returns. Whoever watches is told where that is and kills the process.
 *
 * <pre>
 *   create ─ write ─ write ─ [before commit] commit [after commit]
 *   [in append: half of the bytes are there] ─ [before sync] sync [after sync] ─ …
 * </pre>
 *
 * Calls are counted from 0 over all threads.
 */
final class DyingFiles implements FileSystem {
  private final FileSystem inner = new LocalFileSystem();
  private final AtomicLong calls = new AtomicLong();
  private final long last;
  private final Consumer<String> watcher;
  private volatile boolean dead;

  /**
   * @param last the call that does not return, or -1 where all do
   * @param watcher is told of it
   */
  DyingFiles(long last, Consumer<String> watcher) {
    this.last = last;
    this.watcher = watcher;
  }

  private boolean isLast() {
    rest();
    return last >= 0 && calls.getAndIncrement() == last;
  }

  private void rest() {
    while (dead) {
      LockSupport.park(this);
    }
  }

  private void die(String moment, String path) {
    dead = true;
    watcher.accept(moment + " of " + subject(path));
    rest();
  }

  private void pass(String moment, String path) {
    if (isLast()) {
      die(moment, path);
    }
  }

  /** What a file is for, as far as its path says. */
  static String subject(String path) {
    String name = FileSystem.name(path);
    if (name.equals("steps.log")) {
      return "the step log";
    }
    if (path.contains("/standing/")) {
      return name.endsWith(".json") ? "a query's definition" : "a snapshot";
    }
    if (path.contains("/_tidemill/")) {
      return path.contains("/db/") ? "a table's log" : "a manifest";
    }
    return path.contains("/db/") ? "a table or the catalog" : "a data file";
  }

  @Override
  public List<FileStatus> list(String directory, Predicate<String> enters) {
    rest();
    return inner.list(directory, enters);
  }

  @Override
  public @Nullable FileStatus stat(String path) {
    rest();
    return inner.stat(path);
  }

  @Override
  public FileInput open(String path) {
    rest();
    return inner.open(path);
  }

  @Override
  public FileOutput create(String path) {
    pass("before creation", path);
    return new DyingOutput(inner.create(path));
  }

  @Override
  public FileLog openLog(String path) {
    rest();
    return new DyingLog(path, inner.openLog(path));
  }

  @Override
  public boolean delete(String path) {
    pass("before deletion", path);
    boolean deleted = inner.delete(path);
    pass("after deletion", path);
    return deleted;
  }

  @Override
  public void deleteTemporaries(String directory) {
    rest();
    inner.deleteTemporaries(directory);
  }

  @Override
  public FileLock lock(String path, String owner) {
    rest();
    return inner.lock(path, owner);
  }

  private final class DyingOutput implements FileOutput {
    private final FileOutput output;

    DyingOutput(FileOutput output) {
      this.output = output;
    }

    @Override
    public String path() {
      return output.path();
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      rest();
      output.write(bytes, offset, count);
    }

    @Override
    public long position() {
      return output.position();
    }

    @Override
    public void sync() {
      rest();
      output.sync();
    }

    @Override
    public void commit() {
      pass("before sync and rename", path());
      output.commit();
      pass("after rename", path());
    }

    @Override
    public boolean commitNew() {
      pass("before sync and link", path());
      boolean isNew = output.commitNew();
      pass("after link", path());
      return isNew;
    }

    @Override
    public void close() {
      rest();
      output.close();
    }
  }

  private final class DyingLog implements FileLog {
    private final String path;
    private final FileLog log;

    DyingLog(String path, FileLog log) {
      this.path = path;
      this.log = log;
    }

    @Override
    public long size() {
      return log.size();
    }

    @Override
    public void append(byte[] bytes, int offset, int count) {
      if (isLast()) {
        log.append(bytes, offset, count / 2);
        die("half-way through an append", path);
      }
      log.append(bytes, offset, count);
    }

    @Override
    public void sync() {
      pass("before sync", path);
      log.sync();
      pass("after sync", path);
    }

    @Override
    public void truncate(long size) {
      pass("before truncation", path);
      log.truncate(size);
    }

    @Override
    public void close() {
      rest();
      log.close();
    }
  }
}
