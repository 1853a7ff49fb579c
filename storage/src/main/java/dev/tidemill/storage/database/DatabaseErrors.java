package dev.tidemill.storage.database;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong with tables of the database directory. */
final class DatabaseErrors {
  private static final ErrorCode NO_DATABASE = ErrorCode.user("DATABASE_REQUIRED", "55000");
  private static final ErrorCode UNSUPPORTED_KEY =
      ErrorCode.user("UNSUPPORTED_PRIMARY_KEY", "0A000");

  private static final ErrorCode BAD_METADATA = ErrorCode.lasting("METADATA_UNREADABLE");

  private DatabaseErrors() {}

  static TidemillException badMetadata(String path, String problem) {
    return new TidemillException(BAD_METADATA, "cannot read %s: %s".formatted(path, problem));
  }

  static TidemillException unknownVersion(String path, int version, int known) {
    return new TidemillException(
        BAD_METADATA,
        "%s has version %d; this Tidemill knows version %d. Use the Tidemill that wrote it"
            .formatted(path, version, known));
  }

  static TidemillException earlierTable(String path, int known) {
    return new TidemillException(
        BAD_METADATA,
        "%s is of an earlier build (version 1 of tables of the database); this Tidemill knows version %d. Write the rows to files with the build that made them (COPY t TO 'file.parquet'), then DROP TABLE, CREATE TABLE and INSERT them here"
            .formatted(path, known));
  }

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
