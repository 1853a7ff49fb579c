package dev.tidemill.foundation.memory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Where the large pieces of a scope's memory are files that are mapped, so that the operating
 * system keeps in memory what is used and on disk what is not. Such a piece is read and written as
 * any other; it is not charged to the budget, and counts in {@link MemoryScope#onDisk()}.
 *
 * <p>The blocks of a file are allocated before it is mapped: a disk that is full is an error of
 * whoever asks for memory, never of who uses it. The files have no name while they are open, where
 * the system can do without, so nothing is left of a process that was killed.
 */
public final class DiskMemory {
  /** Whether a scope's large pieces are on disk. */
  public enum Use {
    /** None. */
    NEVER,
    /** All. */
    ALWAYS,
    /** Those for which there is no memory left. */
    WHEN_FULL
  }

  /** A piece that is smaller stays in memory: each takes a file and a mapping. */
  private static final long LEAST = 256L << 10;

  /** Of the files' names. */
  static final String PREFIX = "tidemill-state-";

  private final Path directory;
  private final Use use;
  private final MemoryScope state;
  private final long shareBytes;

  /**
   * @param directory is made with the first piece
   * @param state what counts together against {@code shareBytes}
   * @param shareBytes what there may be in memory, where pieces go to disk when it is full
   */
  public DiskMemory(Path directory, Use use, MemoryScope state, long shareBytes) {
    this.directory = directory;
    this.use = use;
    this.state = state;
    this.shareBytes = shareBytes;
  }

  /**
   * Deletes what a process that was killed left in a directory that is nobody else's, on systems
   * where an open file keeps its name.
   */
  public static void deleteLeft(Path directory) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, PREFIX + "*")) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return;
    } catch (IOException | DirectoryIteratorException e) {
      throw MemoryErrors.cannotDelete(directory, e);
    }
  }

  /** Whether a piece of {@code scope} is to be on disk. */
  boolean takes(MemoryScope scope, long bytes) {
    if (bytes < LEAST) {
      return false;
    }
    return switch (use) {
      case NEVER -> false;
      case ALWAYS -> true;
      case WHEN_FULL -> state.used() + bytes > shareBytes || bytes > scope.available();
    };
  }

  MappedFile file(long bytes) {
    return new MappedFile(directory, bytes);
  }
}
