package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a file has into what its table has declared, value for value; a value that the
 * declared type cannot hold is an error. Integers of any width, REAL as DOUBLE, decimals and
 * integers as decimals of as many digits on both sides of the point, text of a limited length,
 * bytes as text, times and timestamps of another unit. One column's; one thread.
 */
final class ColumnAdapter {
  /** 10 to this power is a long. */
  private static final int LONG_DIGITS = 18;

  private final Type from;
  private final Type to;
  private final ParquetPlace place;

  /** The dictionary whose lengths were found right last. */
  private @Nullable Column checked;

  ColumnAdapter(Type from, Type to, ParquetPlace place) {
    this.from = from;
    this.to = to;
    this.place = place;
  }

  /**
   * The type that a leaf is to be decoded as for a table's column of type {@code to}: that type
   * where the layout is the same, else the file's, which {@link #adapt} goes on from.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the types do not fit
   */
  static Type decodedType(ParquetColumn column, Type to, String file) {
    Type from = column.type();
    boolean fits =
        switch (to) {
          case Type.Int t -> from instanceof Type.Int;
          case Type.DoubleType t -> from instanceof Type.DoubleType || from instanceof Type.Real;
          case Type.Decimal t -> {
            Type.Decimal f = digits(from);
            yield f != null
                && f.scale() <= t.scale()
                && f.precision() - f.scale() <= t.precision() - t.scale();
          }
          case Type.Varchar t ->
              from instanceof Type.Varchar || column.physical() == Physical.BYTES;
          case Type.Timestamp t ->
              from instanceof Type.Timestamp || from instanceof Type.ZonedTimestamp;
          case Type.ZonedTimestamp t -> from instanceof Type.ZonedTimestamp;
          case Type.Time t -> from instanceof Type.Time;
          default -> from.equals(to);
        };
    if (!fits) {
      throw ParquetErrors.columnType(file, column.name(), to, from);
    }
    boolean converted =
        to instanceof Type.Int
            || to instanceof Type.DoubleType
            || to instanceof Type.Decimal t
                && !(from instanceof Type.Decimal f && f.scale() == t.scale())
            || perSecond(from) != perSecond(to);
    return converted ? from : to;
  }

  /** The DECIMAL that holds the values of a type without losing any; null if there is none. */
  static Type.@Nullable Decimal digits(Type type) {
    return switch (type) {
      case Type.Decimal t -> t;
      case Type.Int t ->
          new Type.Decimal(
              switch (t.bits()) {
                case 8 -> 3;
                case 16 -> 5;
                case 32 -> 10;
                default -> 19;
              },
              0);
      default -> null;
    };
  }

  private static long perSecond(Type type) {
    return switch (type) {
      case Type.Timestamp t -> TimeUnits.perSecond(t.precision());
      case Type.ZonedTimestamp t -> TimeUnits.perSecond(t.precision());
      case Type.Time t -> TimeUnits.timePerSecond(t.precision());
      default -> 0;
    };
  }

  /** Takes over {@code column}; gives the adapted one. */
  Column adapt(Column column, MemoryScope scope) {
    if (to instanceof Type.Varchar varchar && varchar.maxLength() != Type.Varchar.UNBOUNDED) {
      try {
        checkLengths(column, varchar);
      } catch (RuntimeException e) {
        column.close();
        throw e;
      }
      return column;
    }
    if (from.equals(to)) {
      return column;
    }
    if (to instanceof Type.Decimal decimal) {
      try (column) {
        return decimals((FixedColumn) column, decimal, scope);
      }
    }
    try (column) {
      FixedColumn values = (FixedColumn) column;
      int width = to instanceof Type.Int t ? t.bits() / 8 : 8;
      Buffer slots = scope.allocate(Math.max(1, (long) values.length() * width));
      try {
        fill(values, slots.address());
      } catch (RuntimeException e) {
        slots.close();
        throw e;
      }
      Buffer validity = values.validityBuffer();
      return new FixedColumn(
          to, values.length(), width, slots, validity == null ? null : validity.retain());
    }
  }

  private void fill(FixedColumn values, long at) {
    switch (to) {
      case Type.Int t -> integers(values, at, t.bits());
      case Type.DoubleType t -> doubles(values, at);
      default -> units(values, at);
    }
  }

  private void integers(FixedColumn values, long at, int bits) {
    int unused = 64 - bits;
    for (int row = 0; row < values.length(); row++) {
      long value = values.longAt(row);
      if (value << unused >> unused != value) {
        if (!values.isNull(row)) {
          throw ParquetErrors.outOfRange(place, Long.toString(value), to);
        }
        value = 0;
      }
      switch (bits) {
        case 8 -> Memory.putByte(at + row, (byte) value);
        case 16 -> Memory.putShort(at + 2L * row, (short) value);
        case 32 -> Memory.putInt(at + 4L * row, (int) value);
        default -> Memory.putLong(at + 8L * row, value);
      }
    }
  }

  /** With more digits behind the point: 8 bytes wide as long as all fit, else 16. */
  private Column decimals(FixedColumn values, Type.Decimal decimal, MemoryScope scope) {
    Type.Decimal own = digits(from);
    int more = decimal.scale() - (own == null ? 0 : own.scale());
    int width = values.width() < 16 && more <= LONG_DIGITS ? 8 : 16;
    Buffer slots = scope.allocate(Math.max(1, (long) values.length() * width));
    try {
      if (width == 8 && !narrow(values, power(more), slots.address())) {
        slots.close();
        width = 16;
        slots = scope.allocate(Math.max(1, (long) values.length() * width));
      }
      if (width == 16) {
        wide(values, more, slots.address());
      }
    } catch (RuntimeException e) {
      slots.close();
      throw e;
    }
    Buffer validity = values.validityBuffer();
    return new FixedColumn(
        to, values.length(), width, slots, validity == null ? null : validity.retain());
  }

  private static long power(int digits) {
    long power = 1;
    for (int i = 0; i < digits; i++) {
      power *= 10;
    }
    return power;
  }

  private static boolean narrow(FixedColumn values, long factor, long at) {
    boolean fits = true;
    for (int row = 0; row < values.length(); row++) {
      long value = values.longAt(row);
      long product = value * factor;
      fits &= Math.multiplyHigh(value, factor) == product >> 63 || values.isNull(row);
      Memory.putLong(at + 8L * row, product);
    }
    return fits;
  }

  private void wide(FixedColumn values, int more, long at) {
    for (int row = 0; row < values.length(); row++) {
      long low = values.longAt(row);
      long high = values.highAt(row);
      for (int left = more; left > 0; left -= LONG_DIGITS) {
        long factor = power(Math.min(left, LONG_DIGITS));
        long carry = Math.unsignedMultiplyHigh(low, factor);
        long product = high * factor + carry;
        long above =
            Math.multiplyHigh(high, factor) + (Long.compareUnsigned(product, carry) < 0 ? 1 : 0);
        if (above != product >> 63 && !values.isNull(row)) {
          throw ParquetErrors.outOfRange(place, String.valueOf(values.value(row)), to);
        }
        low *= factor;
        high = product;
      }
      Memory.putLong(at + 16L * row, low);
      Memory.putLong(at + 16L * row + 8, high);
    }
  }

  private static void doubles(FixedColumn values, long at) {
    for (int row = 0; row < values.length(); row++) {
      Memory.putDouble(at + 8L * row, values.doubleAt(row));
    }
  }

  private void units(FixedColumn values, long at) {
    long fromUnit = perSecond(from);
    long toUnit = perSecond(to);
    for (int row = 0; row < values.length(); row++) {
      long value = values.longAt(row);
      long result;
      boolean exact;
      if (toUnit > fromUnit) {
        long factor = toUnit / fromUnit;
        result = value * factor;
        exact = Math.multiplyHigh(value, factor) == result >> 63;
      } else {
        long factor = fromUnit / toUnit;
        result = value / factor;
        exact = result * factor == value;
      }
      if (!exact) {
        if (!values.isNull(row)) {
          throw ParquetErrors.outOfRange(place, String.valueOf(values.value(row)), to);
        }
        result = 0;
      }
      Memory.putLong(at + 8L * row, result);
    }
  }

  private void checkLengths(Column column, Type.Varchar varchar) {
    if (column instanceof DictionaryColumn codes) {
      if (codes.dictionary() != checked) {
        checkLengths((BytesColumn) codes.dictionary(), varchar);
        checked = codes.dictionary();
      }
    } else {
      checkLengths((BytesColumn) column, varchar);
    }
  }

  private void checkLengths(BytesColumn values, Type.Varchar varchar) {
    int most = varchar.maxLength();
    for (int row = 0; row < values.length(); row++) {
      int length = values.lengthAt(row);
      if (length > most
          && !values.isNull(row)
          && codePoints(values.addressAt(row), length) > most) {
        throw ParquetErrors.outOfRange(place, "text of " + length + " bytes", varchar);
      }
    }
  }

  private static int codePoints(long at, int length) {
    int points = 0;
    for (int i = 0; i < length; i++) {
      if ((Memory.getByte(at + i) & 0xc0) != 0x80) {
        points++;
      }
    }
    return points;
  }
}
