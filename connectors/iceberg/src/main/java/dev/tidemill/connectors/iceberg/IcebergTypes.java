package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Between Iceberg's types and ours.
 *
 * <pre>
 *   boolean            BOOLEAN                       string, uuid      VARCHAR (a uuid is only read)
 *   int                TINYINT, SMALLINT, INTEGER    binary, fixed(n)  VARBINARY (a fixed is only read)
 *   long               BIGINT                        date              DATE
 *   float, double      REAL, DOUBLE                  time              TIME(0..6)
 *   decimal(p, s)      DECIMAL(p, s)                 timestamp         TIMESTAMP(0..6)
 *   struct, list, map  ROW, ARRAY, MAP               timestamptz       TIMESTAMP(0..6) WITH LOCAL TIME ZONE
 *                                                    timestamp_ns, …   those of 7 to 9 digits
 * </pre>
 */
final class IcebergTypes {
  private static final int MICROS = 6;

  private IcebergTypes() {}

  /** What a type is read as, or null where it cannot be read. */
  static @Nullable Type read(org.apache.iceberg.types.Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> Type.BOOLEAN;
      case INTEGER -> Type.INTEGER;
      case LONG -> Type.BIGINT;
      case FLOAT -> Type.REAL;
      case DOUBLE -> Type.DOUBLE;
      case DATE -> Type.DATE;
      case TIME -> new Type.Time(MICROS);
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? new Type.ZonedTimestamp(MICROS)
              : new Type.Timestamp(MICROS);
      case TIMESTAMP_NANO ->
          ((Types.TimestampNanoType) type).shouldAdjustToUTC()
              ? new Type.ZonedTimestamp(9)
              : new Type.Timestamp(9);
      case STRING, UUID -> Type.VARCHAR;
      case BINARY, FIXED -> Type.VARBINARY;
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield new Type.Decimal(decimal.precision(), decimal.scale());
      }
      case STRUCT -> row(type.asStructType());
      case LIST -> {
        Type element = read(type.asListType().elementType());
        yield element == null ? null : new Type.Array(element);
      }
      case MAP -> {
        Type key = read(type.asMapType().keyType());
        Type value = read(type.asMapType().valueType());
        yield key == null || value == null ? null : new Type.MapType(key, value);
      }
      case VARIANT, GEOMETRY, GEOGRAPHY, UNKNOWN -> null;
    };
  }

  private static @Nullable Type row(Types.StructType struct) {
    List<Type.RowField> fields = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Types.NestedField field : struct.fields()) {
      Type type = read(field.type());
      if (type == null || !names.add(field.name().toLowerCase(Locale.ROOT))) {
        return null;
      }
      fields.add(new Type.RowField(field.name(), type));
    }
    return fields.isEmpty() ? null : new Type.Row(fields);
  }

  /** Whether values of a type can be read as {@code declared}, each or an error. */
  static boolean reads(org.apache.iceberg.types.Type type, Type declared) {
    return switch (declared) {
      case Type.Int t -> read(type) instanceof Type.Int;
      case Type.DoubleType t -> Type.REAL.equals(read(type)) || Type.DOUBLE.equals(read(type));
      case Type.Decimal t ->
          read(type) instanceof Type.Decimal there
              && there.scale() == t.scale()
              && there.precision() <= t.precision();
      case Type.Varchar t -> read(type) instanceof Type.Varchar;
      case Type.Time t -> read(type) instanceof Type.Time;
      case Type.Timestamp t -> read(type) instanceof Type.Timestamp;
      case Type.ZonedTimestamp t -> read(type) instanceof Type.ZonedTimestamp;
      case Type.Array t -> type.isListType() && reads(type.asListType().elementType(), t.element());
      case Type.MapType t ->
          type.isMapType()
              && reads(type.asMapType().keyType(), t.key())
              && reads(type.asMapType().valueType(), t.value());
      case Type.Row t ->
          type.isStructType()
              && t.fields().stream()
                  .allMatch(
                      field -> {
                        Types.NestedField there = field(type.asStructType(), field.name());
                        return there != null && reads(there.type(), field.type());
                      });
      default -> declared.equals(read(type));
    };
  }

  /** The field of that name, else the only one that differs only in case; null if none. */
  static Types.@Nullable NestedField field(Types.StructType struct, String name) {
    Types.NestedField exact = struct.field(name);
    if (exact != null) {
      return exact;
    }
    List<Types.NestedField> similar =
        struct.fields().stream().filter(field -> field.name().equalsIgnoreCase(name)).toList();
    return similar.size() == 1 ? similar.getFirst() : null;
  }

  /**
   * Whether each value of {@code declared} is one of {@code type}, as files that we write have it.
   */
  static boolean writes(org.apache.iceberg.types.Type type, Type declared) {
    return switch (declared) {
      case Type.Array t ->
          type.isListType()
              && type.asListType().isElementOptional()
              && writesNested(type.asListType().elementType(), t.element());
      case Type.MapType t ->
          type.isMapType()
              && type.asMapType().isValueOptional()
              && writesNested(type.asMapType().keyType(), t.key())
              && writesNested(type.asMapType().valueType(), t.value());
      case Type.Row t -> type.isStructType() && writesFields(type.asStructType(), t);
      default -> type.equals(written(declared, () -> 0));
    };
  }

  private static boolean writesNested(org.apache.iceberg.types.Type type, Type declared) {
    return !isCoarse(declared) && writes(type, declared);
  }

  private static boolean writesFields(Types.StructType struct, Type.Row row) {
    for (Type.RowField field : row.fields()) {
      Types.NestedField there = field(struct, field.name());
      if (there == null || !writesNested(there.type(), field.type())) {
        return false;
      }
    }
    return struct.fields().stream().allMatch(Types.NestedField::isOptional);
  }

  /**
   * What a type is written as, or null where it cannot be.
   *
   * @param ids gives each nested field its number
   */
  static org.apache.iceberg.types.@Nullable Type written(Type type, IntSupplier ids) {
    return switch (type) {
      case Type.Bool t -> Types.BooleanType.get();
      case Type.Int t -> t.bits() == 64 ? Types.LongType.get() : Types.IntegerType.get();
      case Type.Real t -> Types.FloatType.get();
      case Type.DoubleType t -> Types.DoubleType.get();
      case Type.Decimal t -> Types.DecimalType.of(t.precision(), t.scale());
      case Type.Varchar t -> Types.StringType.get();
      case Type.Varbinary t -> Types.BinaryType.get();
      case Type.Date t -> Types.DateType.get();
      case Type.Time t -> t.precision() <= MICROS ? Types.TimeType.get() : null;
      case Type.Timestamp t ->
          t.precision() <= MICROS
              ? Types.TimestampType.withoutZone()
              : Types.TimestampNanoType.withoutZone();
      case Type.ZonedTimestamp t ->
          t.precision() <= MICROS
              ? Types.TimestampType.withZone()
              : Types.TimestampNanoType.withZone();
      case Type.Array t -> {
        int id = ids.getAsInt();
        org.apache.iceberg.types.Type element = nested(t.element(), ids);
        yield element == null ? null : Types.ListType.ofOptional(id, element);
      }
      case Type.MapType t -> {
        int key = ids.getAsInt();
        int value = ids.getAsInt();
        org.apache.iceberg.types.Type keys = nested(t.key(), ids);
        org.apache.iceberg.types.Type values = nested(t.value(), ids);
        yield keys == null || values == null
            ? null
            : Types.MapType.ofOptional(key, value, keys, values);
      }
      case Type.Row t -> {
        List<Types.NestedField> fields = new ArrayList<>();
        for (Type.RowField field : t.fields()) {
          int id = ids.getAsInt();
          org.apache.iceberg.types.Type inner = nested(field.type(), ids);
          if (inner == null) {
            yield null;
          }
          fields.add(Types.NestedField.optional(id, field.name(), inner));
        }
        yield Types.StructType.of(fields);
      }
      case Type.MonthInterval t -> null;
      case Type.TimeInterval t -> null;
      case Type.Null t -> null;
    };
  }

  /**
   * Of what is within another; times there are written in their own unit, which is finer or none.
   */
  private static org.apache.iceberg.types.@Nullable Type nested(Type type, IntSupplier ids) {
    return isCoarse(type) ? null : written(type, ids);
  }

  /** Whether columns of a type count milliseconds or seconds, which Iceberg does not have. */
  static boolean isCoarse(Type type) {
    return switch (type) {
      case Type.Timestamp t -> t.precision() <= 3;
      case Type.ZonedTimestamp t -> t.precision() <= 3;
      default -> false;
    };
  }
}
