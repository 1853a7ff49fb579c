package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ValueBounds;
import dev.tidemill.storage.table.ValueExtremes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * What a column chunk's statistics say, as far as they can be trusted: {@code min_value} and {@code
 * max_value}; the deprecated {@code min} and {@code max}, whose order nobody defined, only of
 * signed integers. Floating-point columns have no maximum, since statistics leave NaN out, which is
 * greater than every other value.
 */
final class ChunkBounds {
  private ChunkBounds() {}

  static ValueBounds of(ColumnMetaData chunk, ParquetColumn column) {
    Statistics statistics = chunk.getStatistics();
    long rows = chunk.getNum_values();
    if (statistics == null) {
      return new ValueBounds(null, null, null, null, column.optional() ? -1 : 0, rows);
    }
    long nulls =
        statistics.isSetNull_count() ? statistics.getNull_count() : column.optional() ? -1 : 0;
    if (nulls < -1 || nulls > rows) {
      nulls = -1;
    }
    byte[] low = statistics.getMin_value();
    byte[] high = statistics.getMax_value();
    if (low == null && high == null && signedInteger(column)) {
      low = statistics.getMin();
      high = statistics.getMax();
    }
    return of(low, high, nulls, rows, column);
  }

  /**
   * Of bounds as they stand in the file.
   *
   * @param nulls number of NULLs, or -1
   */
  static ValueBounds of(
      byte @Nullable [] low, byte @Nullable [] high, long nulls, long rows, ParquetColumn column) {
    boolean bytes = column.physical() == Physical.BYTES;
    Object min = value(low, column);
    boolean floating = column.physical() == Physical.FLOAT || column.physical() == Physical.DOUBLE;
    Object max = floating ? null : value(high, column);
    return new ValueBounds(min, max, bytes ? low : null, bytes ? high : null, nulls, rows);
  }

  /**
   * The least and greatest value where the statistics have these themselves: bounds of text and
   * bytes may be cut, which only newer writers tell; floating-point columns have no maximum.
   *
   * @return null where they are not known
   */
  static @Nullable ValueExtremes extremes(ColumnMetaData chunk, ParquetColumn column) {
    ValueBounds bounds = of(chunk, column);
    Statistics statistics = chunk.getStatistics();
    if (bounds.rows() == 0) {
      return ValueExtremes.NONE;
    }
    if (statistics == null) {
      return null;
    }
    byte[] low = statistics.getMin_value();
    byte[] high = statistics.getMax_value();
    if (low == null || high == null) {
      boolean allNull = low == null && high == null && bounds.nulls() == bounds.rows();
      return allNull ? ValueExtremes.NONE : null;
    }
    boolean whole =
        switch (column.physical()) {
          case BYTES, DECIMAL_BYTES -> false;
          case DECIMAL_FIXED -> low.length == column.stride() && high.length == column.stride();
          default -> true;
        };
    boolean lowIsExact =
        statistics.isSetIs_min_value_exact() ? statistics.isIs_min_value_exact() : whole;
    boolean highIsExact =
        statistics.isSetIs_max_value_exact() ? statistics.isIs_max_value_exact() : whole;
    return lowIsExact && highIsExact && bounds.min() != null && bounds.max() != null
        ? new ValueExtremes(bounds.min(), bounds.max())
        : null;
  }

  private static boolean signedInteger(ParquetColumn column) {
    return switch (column.physical()) {
      case INT_8, INT_16, INT_32, INT_32_LONG, INT_64, TIME_MILLIS -> true;
      default -> false;
    };
  }

  private static @Nullable Object value(byte @Nullable [] bytes, ParquetColumn column) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.length;
    return switch (column.physical()) {
      case BOOLEAN -> length == 1 ? bytes[0] != 0 : null;
      case INT_8, INT_16, INT_32, INT_32_LONG, TIME_MILLIS ->
          length == 4 ? integer(buffer.getInt(), column) : null;
      case UINT_8, UINT_16, UINT_32 ->
          length == 4 ? integer(buffer.getInt() & 0xffff_ffffL, column) : null;
      case INT_64 -> length == 8 ? integer(buffer.getLong(), column) : null;
      case UINT_64 -> length == 8 ? new BigDecimal(new BigInteger(1, reversed(bytes))) : null;
      case FLOAT -> length == 4 ? floating(buffer.getFloat()) : null;
      case DOUBLE -> length == 8 ? floating(buffer.getDouble()) : null;
      case DECIMAL_FIXED, DECIMAL_BYTES ->
          length >= 1 && length <= 16 && column.type() instanceof Type.Decimal decimal
              ? new BigDecimal(new BigInteger(bytes), decimal.scale())
              : null;
      case BYTES -> column.type() instanceof Type.Varchar ? text(bytes) : bytes;
      case INT_96, INTERVAL, FLOAT_16, FIXED_BYTES, UUID -> null;
    };
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = Arrays.copyOf(bytes, bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  private static @Nullable Object integer(long value, ParquetColumn column) {
    return switch (column.type()) {
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> (Object) (byte) value;
            case 16 -> (Object) (short) value;
            case 32 -> (Object) (int) value;
            default -> (Object) value;
          };
      case Type.Decimal t -> BigDecimal.valueOf(value, t.scale());
      case Type.Date t -> LocalDate.ofEpochDay(value);
      case Type.Timestamp t -> timestamp(value, TimeUnits.perSecond(t.precision()));
      case Type.ZonedTimestamp t ->
          timestamp(value, TimeUnits.perSecond(t.precision())).toInstant(ZoneOffset.UTC);
      case Type.Time t -> {
        boolean millis = column.physical() == Physical.TIME_MILLIS;
        yield time(value, millis ? 1000 : TimeUnits.timePerSecond(t.precision()));
      }
      default -> null;
    };
  }

  private static LocalDateTime timestamp(long value, long perSecond) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(value, perSecond),
            Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond));
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static @Nullable LocalTime time(long value, long perSecond) {
    try {
      return LocalTime.ofNanoOfDay(Math.multiplyExact(value, 1_000_000_000L / perSecond));
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** A lower bound: zero stands for both zeros. */
  private static @Nullable Object floating(float value) {
    return Float.isNaN(value) ? null : value == 0 ? (Object) (-0.0f) : (Object) value;
  }

  private static @Nullable Object floating(double value) {
    return Double.isNaN(value) ? null : value == 0 ? (Object) (-0.0) : (Object) value;
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return text.toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
