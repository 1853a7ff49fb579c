package dev.tidemill.storage.database;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong with tables of the database directory. */
final class DatabaseErrors {
  private static final ErrorCode NO_DATABASE = ErrorCode.user("DATABASE_REQUIRED", "55000");
  private static final ErrorCode UNSUPPORTED_KEY =
      ErrorCode.user("UNSUPPORTED_PRIMARY_KEY", "0A000");

  private DatabaseErrors() {}

  static TidemillException noDatabase(String table) {
    return new TidemillException(
        NO_DATABASE,
        "table %s is to be kept in the database directory, but there is none; start with --db DIR, or use 'connector'='memory'"
            .formatted(table));
  }

  static TidemillException enforcedKey(String table) {
    return new TidemillException(
        UNSUPPORTED_KEY,
        "table %s: keys that are enforced are not supported; say PRIMARY KEY (…) NOT ENFORCED"
            .formatted(table));
  }
}
