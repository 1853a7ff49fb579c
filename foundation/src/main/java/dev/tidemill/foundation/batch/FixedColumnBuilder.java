package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link FixedColumn}; a DECIMAL starts 8 bytes wide and widens at the first value that
 * needs it.
 */
final class FixedColumnBuilder extends ColumnBuilder {
  private int width;
  private @Nullable Buffer values;
  private final int expectedRows;

  FixedColumnBuilder(Type type, int width, MemoryScope scope, int expectedRows) {
    super(type, scope);
    this.width = width;
    this.expectedRows = expectedRows;
  }

  @Override
  public void appendLong(long value) {
    if (width == 16) {
      appendDecimal(value, value >> 63);
      return;
    }
    long at = slot();
    switch (width) {
      case 1 -> Memory.putByte(at, (byte) value);
      case 2 -> Memory.putShort(at, (short) value);
      case 4 -> Memory.putInt(at, (int) value);
      default -> Memory.putLong(at, value);
    }
    appended();
  }

  @Override
  public void appendDouble(double value) {
    if (type instanceof Type.Real) {
      Memory.putFloat(slot(), (float) value);
    } else if (type instanceof Type.DoubleType) {
      Memory.putDouble(slot(), value);
    } else {
      throw wrong("a double");
    }
    appended();
  }

  @Override
  public void appendDecimal(long low, long high) {
    if (!(type instanceof Type.Decimal)) {
      throw wrong("a decimal");
    }
    if (width == 8) {
      if (high == low >> 63) {
        appendLong(low);
        return;
      }
      widen();
    }
    long at = slot();
    Memory.putLong(at, low);
    Memory.putLong(at + 8, high);
    appended();
  }

  private void widen() {
    Buffer narrow = values;
    width = 16;
    if (narrow == null) {
      return;
    }
    Buffer wide = scope.allocate(Math.max(length + 1, expectedRows) * 16L);
    for (int row = 0; row < length; row++) {
      long value = Memory.getLong(narrow.address() + row * 8L);
      Memory.putLong(wide.address() + row * 16L, value);
      Memory.putLong(wide.address() + row * 16L + 8, value >> 63);
    }
    narrow.close();
    values = wide;
  }

  private long slot() {
    Buffer current = values;
    if (current == null) {
      current = scope.allocate((long) Math.max(expectedRows, 1) * width);
      values = current;
    } else if ((long) (length + 1) * width > current.capacity()) {
      Buffer grown = grow(scope, current, (long) length * width, current.capacity() * 2);
      current.close();
      current = grown;
      values = current;
    }
    return current.address() + (long) length * width;
  }

  @Override
  void appendAnything() {
    Memory.fill(slot(), width, (byte) 0);
  }

  @Override
  void appendObject(Object value) {
    switch (type) {
      case Type.Real t -> appendDouble(((Number) value).doubleValue());
      case Type.DoubleType t -> appendDouble(((Number) value).doubleValue());
      case Type.Decimal t -> appendBigDecimal((BigDecimal) value, t);
      case Type.Date t -> appendLong(((LocalDate) value).toEpochDay());
      case Type.Time t ->
          appendLong(
              cut(((LocalTime) value).toNanoOfDay(), t.precision())
                  / (1_000_000_000L / TimeUnits.timePerSecond(t.precision())));
      case Type.Timestamp t ->
          appendInstant(((LocalDateTime) value).toInstant(ZoneOffset.UTC), t.precision());
      case Type.ZonedTimestamp t -> appendInstant((Instant) value, t.precision());
      case Type.MonthInterval t -> appendLong(((Period) value).toTotalMonths());
      case Type.TimeInterval t -> appendLong(TimeUnits.micros((Duration) value));
      default -> appendLong(((Number) value).longValue());
    }
  }

  private void appendBigDecimal(BigDecimal value, Type.Decimal decimal) {
    BigInteger unscaled = value.setScale(decimal.scale(), RoundingMode.HALF_UP).unscaledValue();
    if (unscaled.bitLength() > 127) {
      throw wrong(value.toPlainString());
    }
    appendDecimal(unscaled.longValue(), unscaled.shiftRight(64).longValue());
  }

  /** Without the digits of a fraction of a second that the precision does not keep. */
  private static long cut(long nanos, int precision) {
    return nanos - nanos % TimeUnits.nanosPerDigit(precision);
  }

  private void appendInstant(Instant value, int precision) {
    long perSecond = TimeUnits.perSecond(precision);
    appendLong(
        Math.addExact(
            Math.multiplyExact(value.getEpochSecond(), perSecond),
            cut(value.getNano(), precision) / (1_000_000_000L / perSecond)));
  }

  @Override
  void appendValid(Column column, int row) {
    FixedColumn fixed = (FixedColumn) column;
    if (fixed.width() == 16) {
      appendDecimal(fixed.longAt(row), fixed.highAt(row));
    } else if (type instanceof Type.Real || type instanceof Type.DoubleType) {
      appendDouble(fixed.doubleAt(row));
    } else {
      appendLong(fixed.longAt(row));
    }
  }

  @Override
  Column buildValues(@Nullable Buffer nulls) {
    Buffer built = values == null ? scope.allocate(width) : values;
    values = null;
    FixedColumn column = new FixedColumn(type, length, width, built, nulls);
    if (type instanceof Type.Decimal) {
      width = 8;
    }
    return column;
  }

  @Override
  void closeValues() {
    if (values != null) {
      values.close();
      values = null;
    }
  }
}
