package dev.tidemill.jdbc.service;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.jdbc.spi.DatabaseAddress;
import dev.tidemill.jdbc.spi.DatabaseException;

/** The engine's errors as the driver's, and those of opening a database. */
final class ServiceErrors {
  private ServiceErrors() {}

  /** An error of the engine; one that names JVM flags where their want is to blame. */
  static DatabaseException of(Throwable error) {
    if (JvmFlags.areToBlame(error)) {
      return flagsMissing("Arrow cannot reach off-heap memory", error);
    }
    if (error instanceof TidemillException known) {
      return new DatabaseException(
          known.code().name(), known.code().sqlState(), text(known), known);
    }
    return new DatabaseException("INTERNAL", "XX000", "internal error: " + error, error);
  }

  static DatabaseException memoryOutOfReach(Throwable cause) {
    return flagsMissing("the engine cannot reach off-heap memory", cause);
  }

  private static DatabaseException flagsMissing(String what, Throwable cause) {
    return new DatabaseException(
        "JVM_FLAGS_MISSING",
        "55000",
        what + ": this JVM was started without " + String.join(" ", JvmFlags.missing()),
        cause);
  }

  private static String text(TidemillException error) {
    String text = error.getMessage();
    return text == null ? error.code().name() : text;
  }

  static DatabaseException notServed(DatabaseAddress.Server server) {
    return new DatabaseException(
        "UNSUPPORTED_ADDRESS",
        "0A000",
        "a server (%s:%d) is not reached in process".formatted(server.host(), server.port()),
        null);
  }

  static DatabaseException notAPath(String path, Exception cause) {
    return new DatabaseException(
        "DATABASE_UNREACHABLE", "58030", path + " is not a path of a directory", cause);
  }
}
