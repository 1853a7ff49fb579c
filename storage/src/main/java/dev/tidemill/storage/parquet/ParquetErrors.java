package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;

/** What can go wrong with Parquet files. */
final class ParquetErrors {
  private static final ErrorCode NOT_PARQUET = ErrorCode.user("NOT_PARQUET", "22000");
  private static final ErrorCode MALFORMED = ErrorCode.user("MALFORMED_PARQUET", "22000");
  private static final ErrorCode UNSUPPORTED = ErrorCode.user("UNSUPPORTED_PARQUET", "0A000");
  private static final ErrorCode OUT_OF_RANGE =
      ErrorCode.user("PARQUET_VALUE_OUT_OF_RANGE", "22003");
  private static final ErrorCode COLUMN_MISSING = ErrorCode.user("PARQUET_COLUMN_MISSING", "42703");
  private static final ErrorCode COLUMN_TYPE = ErrorCode.user("PARQUET_COLUMN_TYPE", "42804");
  private static final ErrorCode NULL_VALUE = ErrorCode.user("PARQUET_NULL_VALUE", "23502");
  private static final ErrorCode TOO_LARGE = ErrorCode.user("PARQUET_TOO_LARGE", "54000");
  private static final ErrorCode OPTION = ErrorCode.user("PARQUET_OPTION", "22023");

  private ParquetErrors() {}

  static TidemillException notParquet(String file, String found) {
    return new TidemillException(
        NOT_PARQUET,
        "not a Parquet file: %s: a file starts and ends with PAR1 but %s".formatted(file, found));
  }

  static TidemillException encrypted(String file) {
    return new TidemillException(
        UNSUPPORTED, "encrypted Parquet files are not supported: %s".formatted(file));
  }

  static TidemillException malformedFooter(String file, String problem) {
    return new TidemillException(
        MALFORMED, "malformed Parquet footer: %s: %s".formatted(file, problem));
  }

  static TidemillException malformed(ParquetPlace place, String problem) {
    return new TidemillException(
        MALFORMED, "malformed Parquet data: %s: %s".formatted(place, problem));
  }

  static TidemillException pageEndsEarly(ParquetPlace place) {
    return malformed(place, "a page ends before its last value");
  }

  static TidemillException unsupported(ParquetPlace place, String what) {
    return new TidemillException(UNSUPPORTED, "%s is not supported: %s".formatted(what, place));
  }

  static TidemillException unsupportedType(ParquetPlace place, String what) {
    return new TidemillException(
        UNSUPPORTED,
        "%s is not supported: %s. Declare the table's columns (CREATE TABLE) without it"
            .formatted(what, place));
  }

  static TidemillException unsupportedWrite(String column, Type type) {
    return new TidemillException(
        UNSUPPORTED, "writing %s to Parquet is not supported: column %s".formatted(type, column));
  }

  static TidemillException nestedTooDeep(String column, int most) {
    return new TidemillException(
        UNSUPPORTED,
        "writing columns nested more than %d deep to Parquet is not supported: column %s"
            .formatted(most, column));
  }

  static TidemillException sameFields(String column, Type type, String field) {
    return new TidemillException(
        UNSUPPORTED,
        "writing a ROW with two fields of one name to Parquet is not supported: %s, a %s, of column %s"
            .formatted(field, type, column));
  }

  static TidemillException tooLarge(String what, int most) {
    return new TidemillException(TOO_LARGE, "too much for a Parquet file: " + what.formatted(most));
  }

  static TidemillException intervalWithMonths(ParquetPlace place) {
    return new TidemillException(
        OUT_OF_RANGE,
        "an interval of the file has months, which INTERVAL DAY TO SECOND has not: %s"
            .formatted(place));
  }

  static TidemillException outOfRange(ParquetPlace place, String value, Type type) {
    return new TidemillException(
        OUT_OF_RANGE, "a value does not fit %s: %s: %s".formatted(type, place, value));
  }

  static TidemillException columnMissing(String file, String column) {
    return new TidemillException(
        COLUMN_MISSING,
        "column %s is NOT NULL but the file has no such column: %s".formatted(column, file));
  }

  static TidemillException columnType(String file, String column, Type expected, Type found) {
    return new TidemillException(
        COLUMN_TYPE,
        "column %s is %s but in the file it is %s: %s".formatted(column, expected, found, file));
  }

  static TidemillException nullValue(ParquetPlace place) {
    return new TidemillException(
        NULL_VALUE, "the column is NOT NULL but a value is NULL: %s".formatted(place));
  }

  static TidemillException differentSchemas(
      String column, Type first, String file, Type other, String otherFile) {
    return new TidemillException(
        COLUMN_TYPE,
        "column %s is %s in %s but %s in %s: declare the table's columns (CREATE TABLE), or read the files apart"
            .formatted(column, first, file, other, otherFile));
  }

  static TidemillException badOption(String option, String value, String expected) {
    return new TidemillException(
        OPTION, "option '%s' must be %s but is '%s'".formatted(option, expected, value));
  }
}
