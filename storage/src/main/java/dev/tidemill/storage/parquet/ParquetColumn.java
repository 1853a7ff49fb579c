package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.type.Type;

/**
 * A leaf of a file's schema that is read as a column.
 *
 * @param leaf its number among the chunks of a row group
 * @param type of the column it becomes
 * @param stride bytes of a value in a PLAIN page, 0 where values have lengths of their own
 * @param optional whether values may be NULL
 */
record ParquetColumn(
    String name, int leaf, Physical physical, Type type, int stride, boolean optional) {
  /** The same values as another type of the same layout. */
  ParquetColumn as(Type other) {
    return new ParquetColumn(name, leaf, physical, other, stride, optional);
  }

  /** Whether pages hold INT32 or INT64. */
  boolean isInteger() {
    return switch (physical) {
      case INT_8,
          INT_16,
          INT_32,
          INT_32_LONG,
          INT_64,
          UINT_8,
          UINT_16,
          UINT_32,
          UINT_64,
          TIME_MILLIS ->
          true;
      case BOOLEAN,
          INT_96,
          INTERVAL,
          FLOAT,
          DOUBLE,
          FLOAT_16,
          DECIMAL_FIXED,
          DECIMAL_BYTES,
          BYTES,
          FIXED_BYTES,
          UUID ->
          false;
    };
  }
}
