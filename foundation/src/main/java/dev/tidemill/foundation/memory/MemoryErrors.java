package dev.tidemill.foundation.memory;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can go wrong with memory. */
final class MemoryErrors {
  private static final ErrorCode MEMORY_LIMIT_EXCEEDED =
      ErrorCode.resource("MEMORY_LIMIT_EXCEEDED");

  private static final ErrorCode STATE_DISK_FAILED = ErrorCode.external("STATE_DISK_FAILED");

  private MemoryErrors() {}

  static TidemillException limitExceeded(
      MemoryScope limited, long bytes, List<MemoryScope> biggest) {
    return new TidemillException(
        MEMORY_LIMIT_EXCEEDED,
        "out of memory: %s has %s of %s in use and needs %s more. Biggest: %s. Give it more (--memory), or fewer rows"
            .formatted(
                limited.name(),
                size(limited.used()),
                size(limited.limit()),
                size(bytes),
                users(biggest)));
  }

  static TidemillException heapExceeded(
      long used, long limit, long bytes, List<MemoryScope> biggest) {
    return new TidemillException(
        MEMORY_LIMIT_EXCEEDED,
        "out of memory: hash tables and keys have %s of %s of the Java heap in use and need %s more. Biggest: %s. Give the process more heap (-Xmx), or fewer rows"
            .formatted(size(used), size(limit), size(bytes), users(biggest)));
  }

  static TidemillException heapExhausted(List<MemoryScope> biggest) {
    return new TidemillException(
        MEMORY_LIMIT_EXCEEDED,
        "out of memory: the Java heap is full. Biggest: %s. Give the process more heap (-Xmx), or fewer rows"
            .formatted(users(biggest)));
  }

  static TidemillException cannotCreate(Path directory, IOException cause) {
    return new TidemillException(
        STATE_DISK_FAILED,
        "state is to be on disk, and no file can be made in %s: %s. Give it a directory that can be written (--db, or SET spill_directory), or SET state = memory"
            .formatted(directory, reason(cause)),
        null,
        cause);
  }

  static TidemillException cannotGrow(Path directory, long bytes, long free, IOException cause) {
    return new TidemillException(
        STATE_DISK_FAILED,
        "state on disk needs %s more in %s, which cannot be had: %s (%s free). Make room there, and the query goes on"
            .formatted(
                size(bytes),
                directory,
                reason(cause),
                free < 0 ? "nobody knows how much is" : size(free)),
        null,
        cause);
  }

  static TidemillException cannotDelete(Path directory, Exception cause) {
    return new TidemillException(
        STATE_DISK_FAILED,
        "a file of state in %s cannot be deleted: %s".formatted(directory, reason(cause)),
        null,
        cause);
  }

  private static String reason(Exception cause) {
    String message = cause.getMessage();
    return cause instanceof java.nio.file.AccessDeniedException
        ? "it may not be written"
        : message == null ? cause.getClass().getSimpleName() : message;
  }

  private static String users(List<MemoryScope> biggest) {
    String users =
        biggest.stream()
            .map(s -> s.name() + " " + size(s.used()))
            .collect(Collectors.joining(", "));
    return users.isEmpty() ? "none" : users;
  }

  static String size(long bytes) {
    if (bytes < 1 << 20) {
      return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
    }
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024.0));
  }
}
