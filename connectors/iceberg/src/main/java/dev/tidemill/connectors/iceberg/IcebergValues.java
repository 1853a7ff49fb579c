package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Between values as Iceberg keeps them (days, microseconds, buffers) and as objects of the classes
 * that {@link Type} names. Of types without parts.
 */
final class IcebergValues {
  private static final long PER_SECOND = 1_000_000;
  private static final long NANOS = 1_000_000_000;

  private IcebergValues() {}

  /** A value as one of a column of type {@code to}; null where that cannot have it. */
  static @Nullable Object read(
      org.apache.iceberg.types.Type type, @Nullable Object value, Type to) {
    if (value == null) {
      return null;
    }
    return switch (to) {
      case Type.Bool t -> value instanceof Boolean ? value : null;
      case Type.Int t -> value instanceof Number number ? integer(number.longValue(), t) : null;
      case Type.Real t -> value instanceof Float ? value : null;
      case Type.DoubleType t -> value instanceof Number number ? number.doubleValue() : null;
      case Type.Decimal t ->
          value instanceof BigDecimal decimal && decimal.scale() == t.scale() ? value : null;
      case Type.Varchar t -> value.toString();
      case Type.Varbinary t -> value instanceof ByteBuffer buffer ? bytes(buffer) : null;
      case Type.Date t ->
          value instanceof Integer days ? LocalDate.ofEpochDay(days.longValue()) : null;
      case Type.Time t ->
          value instanceof Long micros
              ? LocalTime.ofNanoOfDay(micros * (NANOS / PER_SECOND))
              : null;
      case Type.Timestamp t -> LocalDateTime.ofInstant(instant(type, value), ZoneOffset.UTC);
      case Type.ZonedTimestamp t -> instant(type, value);
      default -> null;
    };
  }

  private static @Nullable Object integer(long value, Type.Int type) {
    int unused = 64 - type.bits();
    if (value << unused >> unused != value) {
      return null;
    }
    return switch (type.bits()) {
      case 8 -> (Object) (byte) value;
      case 16 -> (Object) (short) value;
      case 32 -> (Object) (int) value;
      default -> (Object) value;
    };
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static Instant instant(org.apache.iceberg.types.Type type, Object value) {
    long perSecond =
        type.typeId() == org.apache.iceberg.types.Type.TypeID.TIMESTAMP_NANO ? NANOS : PER_SECOND;
    long units = (Long) value;
    return Instant.ofEpochSecond(
        Math.floorDiv(units, perSecond), Math.floorMod(units, perSecond) * (NANOS / perSecond));
  }

  /**
   * A value of a column as Iceberg keeps it in a column of {@code type}; null where it has no exact
   * form there.
   */
  static @Nullable Object written(org.apache.iceberg.types.Type type, Object value) {
    return switch (type.typeId()) {
      case BOOLEAN -> value instanceof Boolean ? value : null;
      case INTEGER ->
          value instanceof Number number && number.longValue() == number.intValue()
              ? (Object) number.intValue()
              : null;
      case LONG -> value instanceof Number number ? number.longValue() : null;
      case FLOAT -> value instanceof Float ? value : null;
      case DOUBLE -> value instanceof Number number ? number.doubleValue() : null;
      case DECIMAL ->
          value instanceof BigDecimal decimal
                  && decimal.scale() == ((org.apache.iceberg.types.Types.DecimalType) type).scale()
              ? value
              : null;
      case STRING -> value instanceof String ? value : null;
      case BINARY -> value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : null;
      case DATE -> value instanceof LocalDate date ? (Object) (int) date.toEpochDay() : null;
      case TIME ->
          value instanceof LocalTime time && time.toNanoOfDay() % (NANOS / PER_SECOND) == 0
              ? (Object) (time.toNanoOfDay() / (NANOS / PER_SECOND))
              : null;
      case TIMESTAMP -> units(value, PER_SECOND);
      case TIMESTAMP_NANO -> units(value, NANOS);
      case UUID, FIXED, STRUCT, LIST, MAP, VARIANT, GEOMETRY, GEOGRAPHY, UNKNOWN -> null;
    };
  }

  private static @Nullable Object units(Object value, long perSecond) {
    Instant instant =
        switch (value) {
          case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
          case Instant there -> there;
          default -> null;
        };
    if (instant == null || instant.getNano() % (NANOS / perSecond) != 0) {
      return null;
    }
    try {
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), perSecond),
          instant.getNano() / (NANOS / perSecond));
    } catch (ArithmeticException e) {
      return null;
    }
  }
}
