package dev.tidemill.storage.datagen;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;

/** What can be wrong with a generator's options. */
final class DatagenErrors {
  private static final ErrorCode INVALID = ErrorCode.user("INVALID_OPTION", "22023");
  private static final ErrorCode UNSUPPORTED = ErrorCode.user("UNSUPPORTED_DATAGEN_TYPE", "0A000");
  private static final ErrorCode OUT_OF_RANGE = ErrorCode.user("NUMERIC_OUT_OF_RANGE", "22003");

  private DatagenErrors() {}

  static TidemillException needsRateOrTotal() {
    return new TidemillException(
        INVALID,
        "connector 'datagen' needs 'rows_per_second' or 'total_rows', or it would be endless at once");
  }

  static TidemillException unsupported(String column, Type type) {
    return new TidemillException(
        UNSUPPORTED,
        "connector 'datagen' cannot make values of %s for column %s".formatted(type, column));
  }

  static TidemillException kindNotFor(String column, String kind, Type type) {
    return new TidemillException(
        INVALID,
        "'%s.kind' is '%s', which column %s of %s cannot be".formatted(column, kind, column, type));
  }

  static TidemillException badValue(String option, String value, Type type) {
    return new TidemillException(
        INVALID, "option '%s' must be a %s but is '%s'".formatted(option, type, value));
  }

  static TidemillException nullsInNotNull(String column) {
    return new TidemillException(
        INVALID, "'%s.nulls' asks for NULLs, but column %s is NOT NULL".formatted(column, column));
  }

  static TidemillException sequenceLeaves(String column, Type type, long row) {
    return new TidemillException(
        OUT_OF_RANGE,
        "the sequence of column %s leaves %s at row %d: give fewer 'total_rows', another '%s.start' or '%s.step', or a wider type"
            .formatted(column, type, row, column, column));
  }

  static TidemillException emptyRange(String column) {
    return new TidemillException(
        INVALID, "'%s.min' is greater than '%s.max'".formatted(column, column));
  }
}
