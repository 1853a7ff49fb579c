package dev.tidemill.foundation;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Seeded types, values and columns for property tests: small domains, so that equals are frequent,
 * with the extremes.
 */
public final class RandomValues {
  private final Random random;

  private RandomValues(Random random) {
    this.random = random;
  }

  /** Values of {@code -Dtidemill.test.seed}, or of a fresh seed; it is printed. */
  public static RandomValues seeded(String test) {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println(test + ": -Dtidemill.test.seed=" + seed);
    return new RandomValues(new Random(seed));
  }

  public Random random() {
    return random;
  }

  /** Every type without arguments or nesting, and some of each with arguments. */
  public static List<Type> flatTypes() {
    return List.of(
        Type.BOOLEAN,
        Type.TINYINT,
        Type.SMALLINT,
        Type.INTEGER,
        Type.BIGINT,
        Type.REAL,
        Type.DOUBLE,
        new Type.Decimal(9, 2),
        new Type.Decimal(18, 0),
        new Type.Decimal(38, 10),
        Type.VARCHAR,
        new Type.Varchar(20),
        Type.VARBINARY,
        Type.DATE,
        new Type.Time(0),
        new Type.Time(6),
        new Type.Time(9),
        new Type.Timestamp(0),
        new Type.Timestamp(3),
        Type.TIMESTAMP,
        new Type.Timestamp(9),
        new Type.ZonedTimestamp(3),
        new Type.MonthInterval(),
        new Type.TimeInterval(),
        Type.NULL);
  }

  public Type type(int depth) {
    int kind = random.nextInt(10);
    if (depth == 0 || kind < 7) {
      return flatTypes().get(random.nextInt(flatTypes().size()));
    }
    return switch (kind) {
      case 7 -> new Type.Array(type(depth - 1));
      case 8 -> new Type.MapType(keyType(), type(depth - 1));
      default -> {
        List<Type.RowField> fields = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          fields.add(new Type.RowField("f" + i, type(depth - 1)));
        }
        yield new Type.Row(fields);
      }
    };
  }

  private Type keyType() {
    return random.nextBoolean() ? Type.VARCHAR : Type.INTEGER;
  }

  public List<Type> types(int most, int depth) {
    List<Type> types = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      types.add(type(depth));
    }
    return types;
  }

  /** A value, or null with the given probability. */
  public Object value(Type type, double nulls) {
    if (type instanceof Type.Null || random.nextDouble() < nulls) {
      return null;
    }
    return switch (type) {
      case Type.Bool t -> random.nextBoolean();
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> (Object) (byte) number(8);
            case 16 -> (Object) (short) number(16);
            case 32 -> (Object) (int) number(32);
            default -> (Object) number(64);
          };
      case Type.Real t ->
          pick(
              0f,
              -0f,
              Float.NaN,
              Float.NEGATIVE_INFINITY,
              1.5f,
              -1.5f,
              Float.MIN_VALUE,
              random.nextFloat());
      case Type.DoubleType t ->
          pick(
              0.0,
              -0.0,
              Double.NaN,
              Double.POSITIVE_INFINITY,
              Double.NEGATIVE_INFINITY,
              1e300,
              -2.5,
              random.nextGaussian());
      case Type.Decimal t -> decimal(t);
      case Type.Varchar t ->
          pick(
              "",
              "a",
              "a\0",
              "a\0b",
              "twelve bytes",
              "thirteen byte",
              "Straße und 🌊 Welle",
              text());
      case Type.Varbinary t -> bytes();
      case Type.Date t ->
          LocalDate.ofEpochDay(pick(0, -1, 19000, random.nextInt(40000) - 20000, -719162, 2932896));
      case Type.Time t ->
          LocalTime.ofNanoOfDay(unit(random.nextLong(86_400_000_000_000L), t.precision()));
      case Type.Timestamp t -> LocalDateTime.ofInstant(instant(t.precision()), ZoneOffset.UTC);
      case Type.ZonedTimestamp t -> instant(t.precision());
      case Type.MonthInterval t -> Period.ofMonths(random.nextInt(400) - 200).normalized();
      case Type.TimeInterval t ->
          TimeUnits.duration(
              pick(0L, -1L, 86_400_000_000L, Long.MIN_VALUE, Long.MAX_VALUE, random.nextLong()));
      case Type.Array t -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(t.element(), nulls));
        }
        yield list;
      }
      case Type.MapType t -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(value(t.key(), 0), value(t.value(), nulls));
        }
        yield map;
      }
      case Type.Row t -> {
        List<Object> row = new ArrayList<>();
        for (Type.RowField field : t.fields()) {
          row.add(value(field.type(), nulls));
        }
        yield row;
      }
      case Type.Null t -> null;
    };
  }

  private long number(int bits) {
    long max = bits == 64 ? Long.MAX_VALUE : (1L << (bits - 1)) - 1;
    return switch (random.nextInt(6)) {
      case 0 -> max;
      case 1 -> -max - 1;
      case 2 -> random.nextLong() >> (64 - bits);
      default -> random.nextInt(7) - 3;
    };
  }

  private BigDecimal decimal(Type.Decimal type) {
    int digits = 1 + random.nextInt(type.precision());
    BigInteger most = BigInteger.TEN.pow(digits).subtract(BigInteger.ONE);
    BigInteger value =
        switch (random.nextInt(4)) {
          case 0 -> most;
          case 1 -> BigInteger.valueOf(random.nextInt(5));
          default -> new BigInteger(130, random).mod(most);
        };
    return new BigDecimal(random.nextBoolean() ? value : value.negate(), type.scale());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.appendCodePoint(
          random.nextInt(10) == 0 ? 0x1F30A + random.nextInt(9) : 'a' + random.nextInt(5));
    }
    return text.toString();
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(20)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (int) pick(0, 0, 1, -1, random.nextInt());
    }
    return bytes;
  }

  private static long unit(long nanos, int precision) {
    long unit = TimeUnits.nanosPerDigit(precision);
    return nanos / unit * unit;
  }

  private Instant instant(int precision) {
    long unit = TimeUnits.nanosPerDigit(precision);
    long second = pick(0L, -1L, 1_700_000_000L, random.nextLong(4_000_000_000L) - 2_000_000_000L);
    return Instant.ofEpochSecond(second, random.nextInt(1_000_000_000) / unit * unit);
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /**
   * Values in a column of a layout that chance decides: with a dictionary or without, decimals wide
   * or not.
   */
  public Column column(Type type, List<?> values, MemoryScope scope) {
    if (random.nextInt(3) == 0) {
      return dictionary(type, values, scope);
    }
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, random.nextInt(10))) {
      values.forEach(builder::appendValue);
      return builder.build();
    }
  }

  private DictionaryColumn dictionary(Type type, List<?> values, MemoryScope scope) {
    List<Object> entries = new ArrayList<>();
    Map<Object, Integer> codes = new LinkedHashMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Object unused = value(type, 0);
      if (unused != null && codes.putIfAbsent(comparable(unused), entries.size()) == null) {
        entries.add(unused);
      }
    }
    Buffer buffer = scope.allocate(values.size() * 4L);
    Buffer validity = scope.allocateZeroed(values.size() / 8 + 8);
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      int code = 0;
      if (value != null) {
        Integer known = codes.putIfAbsent(comparable(value), entries.size());
        if (known == null) {
          entries.add(value);
        }
        code = codes.get(comparable(value));
        long at = validity.address() + (i >> 3);
        Memory.putByte(at, (byte) (Memory.getByte(at) | 1 << (i & 7)));
      }
      Memory.putInt(buffer.address() + i * 4L, code);
    }
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, 4)) {
      entries.forEach(builder::appendValue);
      Column dictionary = builder.build();
      if (values.contains(null)) {
        return new DictionaryColumn(values.size(), buffer, dictionary, validity);
      }
      validity.close();
      return new DictionaryColumn(values.size(), buffer, dictionary, null);
    }
  }

  public List<Object> values(Type type, int count, double nulls) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(value(type, nulls));
    }
    return values;
  }

  /** The values of a column, comparable by equals. */
  public static List<Object> valuesOf(Column column) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < column.length(); i++) {
      values.add(comparable(column.value(i)));
    }
    return values;
  }

  public static List<Object> comparables(List<?> values) {
    List<Object> comparable = new ArrayList<>();
    values.forEach(value -> comparable.add(comparable(value)));
    return comparable;
  }

  /** The value with byte arrays, at any depth, as buffers, which compare by content. */
  public static Object comparable(Object value) {
    return switch (value) {
      case null -> null;
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case List<?> list -> comparables(list);
      case Map<?, ?> map -> {
        Map<Object, Object> comparable = new LinkedHashMap<>();
        map.forEach((k, v) -> comparable.put(comparable(k), comparable(v)));
        yield comparable;
      }
      default -> value;
    };
  }
}
