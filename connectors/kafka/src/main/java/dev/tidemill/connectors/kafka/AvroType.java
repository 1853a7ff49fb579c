package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * How values of an SQL type stand in Avro. A value that does not fit is an {@link
 * IllegalArgumentException} with what is wrong.
 *
 * <pre>
 *   BOOLEAN           boolean            DATE           int, date
 *   TINYINT..INTEGER  int                TIME           int, time-millis; long, time-micros
 *   BIGINT            int, long          TIMESTAMP      long, [local-]timestamp-millis, -micros
 *   REAL, DOUBLE      float, double      ARRAY          array
 *   VARCHAR           string, enum       MAP            map
 *   VARBINARY         bytes, fixed       ROW            record
 *   DECIMAL(p, s)     bytes or fixed, decimal of scale s
 * </pre>
 *
 * <p>A union of null and one of these may be NULL.
 *
 * @param mayBeNull whether Avro has a place for NULL
 * @param fromAvro of a value that is not null
 * @param toAvro of a value that is not null
 */
record AvroType(
    boolean mayBeNull, Function<Object, Object> fromAvro, Function<Object, Object> toAvro) {

  /** The value of an Avro value. */
  @Nullable Object read(@Nullable Object value) {
    return value == null ? null : fromAvro.apply(value);
  }

  /** The Avro value of a value. */
  @Nullable Object write(@Nullable Object value) {
    if (value == null) {
      if (mayBeNull) {
        return null;
      }
      throw new IllegalArgumentException("NULL where the Avro schema has no null");
    }
    return toAvro.apply(value);
  }

  /**
   * How a type stands in a schema.
   *
   * @param column its name, for messages
   * @throws dev.tidemill.foundation.error.TidemillException KAFKA_DEFINITION where it cannot
   */
  static AvroType of(Type type, Schema schema, String column) {
    if (schema.getType() == Schema.Type.UNION) {
      List<Schema> others =
          schema.getTypes().stream().filter(s -> s.getType() != Schema.Type.NULL).toList();
      if (others.size() != 1 || others.size() == schema.getTypes().size()) {
        throw KafkaErrors.unsupportedAvro(column, "union " + schema);
      }
      AvroType inner = of(type, others.getFirst(), column);
      return new AvroType(true, inner.fromAvro, inner.toAvro);
    }
    AvroType found = plain(type, schema, column);
    if (found == null) {
      throw KafkaErrors.schemaMismatch(
          column, "it is %s but there it is %s".formatted(type.sql(), schema));
    }
    return found;
  }

  private static @Nullable AvroType plain(Type type, Schema schema, String column) {
    Schema.Type avro = schema.getType();
    LogicalType logical = schema.getLogicalType();
    return switch (type) {
      case Type.Bool t -> avro == Schema.Type.BOOLEAN ? same() : null;
      case Type.Int t -> logical == null ? integer(t, avro) : null;
      case Type.Real t -> avro == Schema.Type.FLOAT ? new AvroType(false, v -> v, v -> v) : null;
      case Type.DoubleType t ->
          switch (avro) {
            case DOUBLE -> same();
            case FLOAT -> new AvroType(false, v -> ((Float) v).doubleValue(), AvroType::toFloat);
            default -> null;
          };
      case Type.Decimal t ->
          logical instanceof LogicalTypes.Decimal d ? decimal(t, d, schema) : null;
      case Type.Varchar t ->
          switch (avro) {
            case STRING -> new AvroType(false, v -> limited(v.toString(), t), v -> v);
            case ENUM -> new AvroType(false, v -> limited(v.toString(), t), v -> symbol(schema, v));
            default -> null;
          };
      case Type.Varbinary t ->
          logical != null
              ? null
              : switch (avro) {
                case BYTES ->
                    new AvroType(false, AvroType::bytes, v -> ByteBuffer.wrap((byte[]) v));
                case FIXED -> new AvroType(false, AvroType::bytes, v -> fixed(schema, (byte[]) v));
                default -> null;
              };
      case Type.Date t ->
          logical instanceof LogicalTypes.Date
              ? new AvroType(
                  false,
                  v -> LocalDate.ofEpochDay((Integer) v),
                  v -> Math.toIntExact(((LocalDate) v).toEpochDay()))
              : null;
      case Type.Time t -> time(logical);
      case Type.Timestamp t -> timestamp(logical, t.precision());
      case Type.ZonedTimestamp t -> instant(logical, t.precision());
      case Type.Array t -> avro == Schema.Type.ARRAY ? array(t, schema, column) : null;
      case Type.MapType t ->
          avro == Schema.Type.MAP && t.key() instanceof Type.Varchar
              ? map(t, schema, column)
              : null;
      case Type.Row t -> avro == Schema.Type.RECORD ? row(t, schema, column) : null;
      case Type.MonthInterval t -> null;
      case Type.TimeInterval t -> null;
      case Type.Null t -> null;
    };
  }

  private static AvroType same() {
    return new AvroType(false, v -> v, v -> v);
  }

  private static @Nullable AvroType integer(Type.Int type, Schema.Type avro) {
    if (avro != Schema.Type.INT && (avro != Schema.Type.LONG || type.bits() < 64)) {
      return null;
    }
    Function<Object, Object> toAvro =
        avro == Schema.Type.LONG
            ? v -> ((Number) v).longValue()
            : v -> Math.toIntExact(((Number) v).longValue());
    return new AvroType(false, v -> integer(type, ((Number) v).longValue()), toAvro);
  }

  private static Object integer(Type.Int type, long value) {
    long most = -1L >>> (65 - type.bits());
    if (value > most || value < -most - 1) {
      throw new IllegalArgumentException("%d is out of range for %s".formatted(value, type.sql()));
    }
    return switch (type.bits()) {
      case 8 -> (Object) (byte) value;
      case 16 -> (short) value;
      case 32 -> (int) value;
      default -> value;
    };
  }

  private static Object toFloat(Object value) {
    float narrowed = ((Double) value).floatValue();
    if (narrowed != (Double) value && !((Double) value).isNaN()) {
      throw new IllegalArgumentException(value + " has more digits than Avro's float");
    }
    return narrowed;
  }

  private static String limited(String text, Type.Varchar type) {
    if (type.maxLength() < Type.Varchar.UNBOUNDED
        && text.codePointCount(0, text.length()) > type.maxLength()) {
      throw new IllegalArgumentException("'%s' is longer than %s".formatted(text, type.sql()));
    }
    return text;
  }

  private static Object symbol(Schema schema, Object value) {
    if (!schema.hasEnumSymbol((String) value)) {
      throw new IllegalArgumentException(
          "'%s' is none of %s".formatted(value, schema.getEnumSymbols()));
    }
    return new GenericData.EnumSymbol(schema, value);
  }

  private static byte[] bytes(Object value) {
    return switch (value) {
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        yield bytes;
      }
      case GenericFixed fixed -> fixed.bytes().clone();
      default -> throw new IllegalArgumentException("not bytes: " + value.getClass());
    };
  }

  private static Object fixed(Schema schema, byte[] bytes) {
    if (bytes.length != schema.getFixedSize()) {
      throw new IllegalArgumentException(
          "%d bytes where Avro has %d".formatted(bytes.length, schema.getFixedSize()));
    }
    return new GenericData.Fixed(schema, bytes);
  }

  private static @Nullable AvroType decimal(
      Type.Decimal type, LogicalTypes.Decimal avro, Schema schema) {
    if (avro.getScale() != type.scale() || avro.getPrecision() > type.precision()) {
      return null;
    }
    return new AvroType(
        false,
        v -> {
          BigDecimal value = new BigDecimal(new BigInteger(bytes(v)), type.scale());
          if (value.precision() > type.precision()) {
            throw new IllegalArgumentException(value + " is out of range for " + type.sql());
          }
          return value;
        },
        v -> {
          BigDecimal value = (BigDecimal) v;
          if (value.precision() > avro.getPrecision()) {
            throw new IllegalArgumentException(
                "%s has more than %d digits".formatted(value, avro.getPrecision()));
          }
          byte[] unscaled = value.setScale(type.scale()).unscaledValue().toByteArray();
          return schema.getType() == Schema.Type.FIXED
              ? new GenericData.Fixed(schema, widened(unscaled, schema.getFixedSize()))
              : ByteBuffer.wrap(unscaled);
        });
  }

  private static byte[] widened(byte[] number, int size) {
    if (number.length > size) {
      throw new IllegalArgumentException("a number of more than %d bytes".formatted(size));
    }
    byte[] wide = new byte[size];
    byte sign = (byte) (number[0] < 0 ? -1 : 0);
    for (int i = 0; i < size; i++) {
      int from = i - (size - number.length);
      wide[i] = from < 0 ? sign : number[from];
    }
    return wide;
  }

  private static @Nullable AvroType time(@Nullable LogicalType logical) {
    return switch (logical) {
      case LogicalTypes.TimeMillis t ->
          new AvroType(
              false,
              v -> LocalTime.ofNanoOfDay((Integer) v * 1_000_000L),
              v -> Math.toIntExact(whole(((LocalTime) v).toNanoOfDay(), 1_000_000, v)));
      case LogicalTypes.TimeMicros t ->
          new AvroType(
              false,
              v -> LocalTime.ofNanoOfDay((Long) v * 1_000),
              v -> whole(((LocalTime) v).toNanoOfDay(), 1_000, v));
      case null, default -> null;
    };
  }

  /** Units in so many nanoseconds; an error where digits would be lost. */
  private static long whole(long nanos, long nanosPerUnit, Object value) {
    if (nanos % nanosPerUnit != 0) {
      throw new IllegalArgumentException(value + " has more digits than its Avro type");
    }
    return nanos / nanosPerUnit;
  }

  /** Units of a second of an Avro time, or 0 for what is none. */
  private static long perSecond(@Nullable LogicalType logical) {
    return switch (logical) {
      case LogicalTypes.TimestampMillis t -> 1_000;
      case LogicalTypes.LocalTimestampMillis t -> 1_000;
      case LogicalTypes.TimestampMicros t -> 1_000_000;
      case LogicalTypes.LocalTimestampMicros t -> 1_000_000;
      case null, default -> 0;
    };
  }

  private static @Nullable AvroType timestamp(@Nullable LogicalType logical, int precision) {
    long units = perSecond(logical);
    return units == 0
        ? null
        : new AvroType(
            false,
            v -> LocalDateTime.ofInstant(time((Long) v, units, precision), ZoneOffset.UTC),
            v -> units(((LocalDateTime) v).toInstant(ZoneOffset.UTC), units));
  }

  private static @Nullable AvroType instant(@Nullable LogicalType logical, int precision) {
    long units = perSecond(logical);
    return units == 0
        ? null
        : new AvroType(
            false, v -> time((Long) v, units, precision), v -> units((Instant) v, units));
  }

  private static Instant time(long value, long units, int precision) {
    Instant at =
        Instant.ofEpochSecond(
            Math.floorDiv(value, units), Math.floorMod(value, units) * (1_000_000_000L / units));
    if (at.getNano() % TimeUnits.nanosPerDigit(precision) != 0) {
      throw new IllegalArgumentException(
          "%s has more than %d digits behind the second".formatted(at, precision));
    }
    return at;
  }

  private static Object units(Instant at, long units) {
    long rest = whole(at.getNano(), 1_000_000_000L / units, at);
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), units), rest);
  }

  private static AvroType array(Type.Array type, Schema schema, String column) {
    AvroType element = of(type.element(), schema.getElementType(), column);
    return new AvroType(
        false, v -> all((List<?>) v, element::read), v -> all((List<?>) v, element::write));
  }

  private static List<@Nullable Object> all(
      List<?> values, Function<@Nullable Object, @Nullable Object> each) {
    List<@Nullable Object> converted = new ArrayList<>();
    for (Object value : values) {
      converted.add(each.apply(value));
    }
    return converted;
  }

  private static AvroType map(Type.MapType type, Schema schema, String column) {
    AvroType values = of(type.value(), schema.getValueType(), column);
    return new AvroType(
        false,
        v -> entries((Map<?, ?>) v, values::read),
        v -> entries((Map<?, ?>) v, values::write));
  }

  private static Map<String, @Nullable Object> entries(
      Map<?, ?> entries, Function<@Nullable Object, @Nullable Object> each) {
    Map<String, @Nullable Object> converted = new LinkedHashMap<>();
    entries.forEach((key, value) -> converted.put(key.toString(), each.apply(value)));
    return converted;
  }

  private static AvroType row(Type.Row type, Schema schema, String column) {
    List<AvroType> types = new ArrayList<>();
    List<Schema.Field> places = new ArrayList<>();
    for (Type.RowField field : type.fields()) {
      Schema.Field place = field(schema, field.name(), column + "." + field.name());
      places.add(place);
      types.add(of(field.type(), place.schema(), column + "." + field.name()));
    }
    requireDistinct(schema, places, column);
    return new AvroType(
        false,
        v -> {
          List<@Nullable Object> values = new ArrayList<>();
          for (int i = 0; i < types.size(); i++) {
            values.add(types.get(i).read(((GenericRecord) v).get(places.get(i).pos())));
          }
          return values;
        },
        v -> {
          GenericRecord record = record(schema, places);
          for (int i = 0; i < types.size(); i++) {
            record.put(places.get(i).pos(), types.get(i).write(((List<?>) v).get(i)));
          }
          return record;
        });
  }

  /** The field of a column: of its name exactly, else ignoring case. */
  static Schema.Field field(Schema record, String name, String column) {
    List<String> names = record.getFields().stream().map(Schema.Field::name).toList();
    int place = ColumnNames.indexOf(names, name);
    if (place < 0) {
      throw KafkaErrors.schemaMismatch(column, "it has no field %s".formatted(name));
    }
    return record.getFields().get(place);
  }

  /** Checks that no two columns mean one field. */
  static void requireDistinct(Schema schema, List<Schema.Field> places, String column) {
    if (places.stream().map(Schema.Field::pos).distinct().count() < places.size()) {
      throw KafkaErrors.schemaMismatch(column, "two names mean one field of " + schema.getName());
    }
  }

  /** A record of which the fields that are not {@code written} have their defaults. */
  static GenericRecord record(Schema schema, List<Schema.Field> written) {
    GenericRecord record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      if (!written.contains(field)) {
        if (!field.hasDefaultValue()) {
          throw new IllegalArgumentException(
              "field %s has neither a column nor a default".formatted(field.name()));
        }
        record.put(field.pos(), GenericData.get().getDefaultValue(field));
      }
    }
    return record;
  }
}
