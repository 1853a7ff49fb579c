package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Values of 1, 2, 4, 8 or 16 bytes, one after the other, little end first. A DECIMAL is 8 bytes
 * wide in one batch and 16 in the next, as the values need: whoever reads decimals asks {@link
 * #width()}.
 */
public final class FixedColumn extends Column {
  private final Buffer values;
  private final int width;
  private final long address;

  /**
   * Takes ownership of both buffers; {@code values} holds at least {@code length * width} bytes.
   */
  public FixedColumn(Type type, int length, int width, Buffer values, @Nullable Buffer validity) {
    super(type, length, validity);
    this.values = values;
    this.width = width;
    this.address = values.address();
    if (values.capacity() < (long) length * width) {
      throw new IllegalArgumentException(
          "buffer too small for " + length + " values of " + width + " bytes");
    }
  }

  /** Bytes of a value. */
  public int width() {
    return width;
  }

  /** Address of row 0; row i is at {@code address() + i * width()}. */
  public long address() {
    return address;
  }

  /** The values' buffer, borrowed. */
  public Buffer valuesBuffer() {
    return values;
  }

  /**
   * The value as a sign-extended long; for 16-byte decimals the low half. Floats are not read this
   * way.
   */
  public long longAt(int row) {
    return switch (width) {
      case 1 -> Memory.getByte(address + row);
      case 2 -> Memory.getShort(address + ((long) row << 1));
      case 4 -> Memory.getInt(address + ((long) row << 2));
      case 8 -> Memory.getLong(address + ((long) row << 3));
      default -> Memory.getLong(address + ((long) row << 4));
    };
  }

  /** The high half of a 16-byte value; the sign of a narrower one. */
  public long highAt(int row) {
    return width == 16 ? Memory.getLong(address + ((long) row << 4) + 8) : longAt(row) >> 63;
  }

  /** The value of a REAL or DOUBLE column. */
  public double doubleAt(int row) {
    return width == 4
        ? Memory.getFloat(address + ((long) row << 2))
        : Memory.getDouble(address + ((long) row << 3));
  }

  /** The unscaled value of a DECIMAL column. */
  public BigInteger unscaledAt(int row) {
    if (width == 8) {
      return BigInteger.valueOf(longAt(row));
    }
    return BigInteger.valueOf(highAt(row))
        .shiftLeft(64)
        .or(new BigInteger(1, bigEndian(longAt(row))));
  }

  private static byte[] bigEndian(long value) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (value >>> (56 - 8 * i));
    }
    return bytes;
  }

  @Override
  Object objectAt(int row) {
    return switch (type()) {
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> (Object) (byte) longAt(row);
            case 16 -> (Object) (short) longAt(row);
            case 32 -> (Object) (int) longAt(row);
            default -> (Object) longAt(row);
          };
      case Type.Real t -> (float) doubleAt(row);
      case Type.DoubleType t -> doubleAt(row);
      case Type.Decimal t -> new BigDecimal(unscaledAt(row), t.scale());
      case Type.Date t -> LocalDate.ofEpochDay(longAt(row));
      case Type.Time t ->
          LocalTime.ofNanoOfDay(
              longAt(row) * (1_000_000_000L / TimeUnits.timePerSecond(t.precision())));
      case Type.Timestamp t ->
          LocalDateTime.ofInstant(instant(longAt(row), t.precision()), ZoneOffset.UTC);
      case Type.ZonedTimestamp t -> instant(longAt(row), t.precision());
      case Type.MonthInterval t -> Period.ofMonths((int) longAt(row)).normalized();
      case Type.TimeInterval t -> TimeUnits.duration(longAt(row));
      default -> throw new IllegalStateException("not of fixed width: " + type());
    };
  }

  private static Instant instant(long value, int precision) {
    long perSecond = TimeUnits.perSecond(precision);
    return Instant.ofEpochSecond(
        Math.floorDiv(value, perSecond),
        Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond));
  }

  @Override
  void closeBuffers() {
    values.close();
  }

  @Override
  void chargeBuffersTo(MemoryScope scope) {
    values.chargeTo(scope);
  }

  @Override
  long bufferBytes() {
    return values.capacity();
  }
}
