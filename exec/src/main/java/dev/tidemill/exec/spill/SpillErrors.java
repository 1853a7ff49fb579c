package dev.tidemill.exec.spill;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** What can go wrong with spilled rows. */
final class SpillErrors {
  private static final ErrorCode SPILL_FAILED = ErrorCode.external("SPILL_FAILED");

  private SpillErrors() {}

  static TidemillException cannotCreate(Path directory, String operator, IOException cause) {
    return new TidemillException(
        SPILL_FAILED,
        "%s does not fit its memory and cannot put rows into %s: %s. Name a directory with room (SET spill_directory), or give it more memory (--memory)"
            .formatted(operator, directory, reason(cause)),
        null,
        cause);
  }

  static TidemillException cannotWrite(
      Path directory, String operator, long spilled, long bytes, long free, IOException cause) {
    return new TidemillException(
        SPILL_FAILED,
        "%s has %s of rows in %s and cannot add %s: %s (%s free). Name a directory with more room (SET spill_directory), or give it more memory (--memory)"
            .formatted(
                operator,
                size(spilled),
                directory,
                size(bytes),
                reason(cause),
                free < 0 ? "nobody knows how much is" : size(free)),
        null,
        cause);
  }

  static TidemillException cannotRead(Path directory, String operator, Exception cause) {
    return new TidemillException(
        SPILL_FAILED,
        "%s cannot read back the rows it put into %s: %s"
            .formatted(operator, directory, reason(cause)),
        null,
        cause);
  }

  private static String reason(Exception cause) {
    String message = cause.getMessage();
    return cause instanceof java.nio.file.NoSuchFileException
        ? "there is no such directory"
        : cause instanceof java.nio.file.AccessDeniedException
            ? "it may not be written"
            : message == null ? cause.getClass().getSimpleName() : message;
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024.0));
  }
}
