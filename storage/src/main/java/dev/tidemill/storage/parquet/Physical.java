package dev.tidemill.storage.parquet;

/** How a column's values stand in pages and what they become. */
enum Physical {
  BOOLEAN(0, 1),
  /** INT32 that becomes 1 byte. */
  INT_8(4, 1),
  INT_16(4, 2),
  INT_32(4, 4),
  /** INT32 that becomes 8 bytes: short decimals. */
  INT_32_LONG(4, 8),
  INT_64(8, 8),
  UINT_8(4, 2),
  UINT_16(4, 4),
  UINT_32(4, 8),
  /** Becomes a decimal: 8 bytes, 16 where a value of the batch needs it. */
  UINT_64(8, 8),
  /** Milliseconds of a day in INT32, become microseconds. */
  TIME_MILLIS(4, 8),
  /** Nanoseconds of the day and Julian day: become nanoseconds since the epoch. */
  INT_96(12, 8),
  /** Months, days and milliseconds, four bytes each: become microseconds, of 24 hours a day. */
  INTERVAL(12, 8),
  FLOAT(4, 4),
  DOUBLE(8, 8),
  /** Two bytes, become a REAL. */
  FLOAT_16(2, 4),
  /** A decimal as big-endian two's complement of fixed length. */
  DECIMAL_FIXED(0, 8),
  /** The same, each with its own length. */
  DECIMAL_BYTES(0, 8),
  BYTES(0, 16),
  FIXED_BYTES(0, 16),
  /** 16 bytes, become text. */
  UUID(16, 16);

  private final int stride;
  private final int width;

  Physical(int stride, int width) {
    this.stride = stride;
    this.width = width;
  }

  /** Whether slots may be 8 or 16 bytes wide. */
  boolean isDecimal() {
    return this == UINT_64 || this == DECIMAL_FIXED || this == DECIMAL_BYTES;
  }

  /**
   * Bytes of a value in a PLAIN page, or 0 where the column says, or values have lengths of their
   * own.
   */
  int stride() {
    return stride;
  }

  /** Bytes of a row's slot in the column (of strings its view). */
  int width() {
    return width;
  }
}
