package dev.tidemill.storage.table;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong with any table. */
final class StorageErrors {
  private static final ErrorCode READ_ONLY = ErrorCode.user("TABLE_READ_ONLY", "25006");

  private StorageErrors() {}

  static TidemillException readOnly() {
    return new TidemillException(READ_ONLY, "this table can only be read");
  }
}
