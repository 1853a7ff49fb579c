package dev.tidemill.storage.file;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Files by path. Paths are absolute, parts separated by {@code /}. A file that was put is there as
 * a whole or not at all, also after a crash. Safe for use by many threads.
 *
 * <p>Failures are {@code TidemillException}s of kind EXTERNAL that name the path and what was
 * tried.
 */
public interface FileSystem {
  /** Name of the error of {@link #lock} where another has the lock. */
  String LOCKED = "LOCKED";

  /**
   * Files below {@code directory}, by path; none where there is no such directory. Hidden and
   * temporary ones ({@link #isHidden}) and what lies in hidden directories are left out;
   * directories themselves are not listed.
   *
   * @param enters of the name of a directory below, whether its files are listed too
   */
  List<FileStatus> list(String directory, Predicate<String> enters);

  /** Files directly in {@code directory}. */
  default List<FileStatus> list(String directory) {
    return list(directory, name -> false);
  }

  /** What is known of a file or directory, hidden or not, or null where there is none. */
  @Nullable FileStatus stat(String path);

  /** Opens a file for reading at any place. */
  FileInput open(String path);

  /**
   * Begins a new file, which replaces one of the same path at {@link FileOutput#commit}. Makes its
   * directories.
   */
  FileOutput create(String path);

  /** Opens a log for appending, made (with its directories) where there is none. */
  FileLog openLog(String path);

  /** Deletes a file, or an empty directory; false where there was none. */
  boolean delete(String path);

  /**
   * Deletes what {@link #create} has left directly in {@code directory} where a process ended
   * before it committed or closed. Only for who has the directory to himself.
   */
  void deleteTemporaries(String directory);

  /**
   * Takes the lock file {@code path} for this process until the lock is closed or the process ends.
   *
   * @param owner who takes it, for the message to the second one
   * @throws dev.tidemill.foundation.error.TidemillException LOCKED, naming who has it
   */
  FileLock lock(String path, String owner);

  /** Puts a whole small file; durable on return. */
  default void put(String path, byte[] content) {
    try (FileOutput output = create(path)) {
      output.write(content, 0, content.length);
      output.commit();
    }
  }

  /** The whole content of a file of at most 2 GiB. */
  default byte[] read(String path) {
    try (FileInput input = open(path)) {
      byte[] content = new byte[Math.toIntExact(input.size())];
      input.readFully(0, content, 0, content.length);
      return content;
    }
  }

  /** The whole content of a UTF-8 file. */
  default String readText(String path) {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  /**
   * Whether a name (the last part of a path) is one that listings leave out: {@code .x}, {@code
   * _x}, {@code x.tmp}.
   */
  static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_") || name.endsWith(".tmp");
  }

  /** The last part of a path. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The directory a path lies in. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
