package dev.tidemill.jdbc;

import java.sql.SQLException;

/** Every class of this driver is itself and wraps nothing. */
final class Wrapping {
  private Wrapping() {}

  static <T> T unwrap(Object object, Class<T> type) throws SQLException {
    if (!type.isInstance(object)) {
      throw DriverErrors.notWrapped(object, type);
    }
    return type.cast(object);
  }
}
