package dev.tidemill.storage.file;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What can go wrong with files as such. */
final class FileErrors {
  private static final ErrorCode NOT_FOUND = ErrorCode.lasting("FILE_NOT_FOUND");
  private static final ErrorCode FAILED = ErrorCode.external("FILE_IO_FAILED");
  private static final ErrorCode TRUNCATED = ErrorCode.lasting("FILE_TRUNCATED");
  private static final ErrorCode LOCKED = ErrorCode.external(FileSystem.LOCKED);
  private static final ErrorCode CORRUPT_LOG = ErrorCode.lasting("LOG_CORRUPT");

  private FileErrors() {}

  /**
   * @param what was tried: {@code read}, {@code write}, …
   */
  static TidemillException failed(String what, String path, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return new TidemillException(
          NOT_FOUND, "cannot %s %s: there is no such file".formatted(what, path), null, cause);
    }
    String reason =
        switch (cause) {
          case AccessDeniedException e -> "permission denied";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default -> String.valueOf(cause.getMessage());
        };
    return new TidemillException(
        FAILED, "cannot %s %s: %s".formatted(what, path, reason), null, cause);
  }

  static TidemillException truncated(String path, long position, long count, long size) {
    return new TidemillException(
        TRUNCATED,
        "%s ends too early: expected %d bytes at %d, but it has %d bytes"
            .formatted(path, count, position, size));
  }

  static TidemillException locked(String path, String owner) {
    return new TidemillException(
        LOCKED,
        "%s is in use%s; only one writer at a time. End the other one first"
            .formatted(FileSystem.parent(path), owner.isEmpty() ? "" : " by " + owner));
  }

  static TidemillException corruptLog(String path, long position) {
    return new TidemillException(
        CORRUPT_LOG,
        "%s is damaged at byte %d: a line in its middle does not match its checksum. Restore it from a copy"
            .formatted(path, position));
  }
}
