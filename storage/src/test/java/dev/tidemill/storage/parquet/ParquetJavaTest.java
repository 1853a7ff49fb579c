package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.JulianFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random rows of what writers have made of lists, maps, decimals and times, written by parquet-java
 * in all its encodings, are read as they were given.
 */
final class ParquetJavaTest {
  private static final String SCHEMA =
      """
      message m {
        required int64 id;
        optional group three (LIST) { repeated group list { optional int64 element; } }
        required group three_required (LIST) { repeated group list { required binary element (UTF8); } }
        optional group two (LIST) { repeated int64 element; }
        optional group hive (LIST) { repeated group bag { optional binary array_element (UTF8); } }
        optional group avro (LIST) { repeated group array { required int32 x; optional binary y (UTF8); } }
        optional group thrift (LIST) { repeated group thrift_tuple { required int32 x; } }
        repeated int32 bare;
        optional group deep (LIST) {
          repeated group list { optional group element (LIST) { repeated group list { optional double element; } } }
        }
        optional group map (MAP) { repeated group key_value { required binary key (UTF8); optional int64 value; } }
        optional group old_map (MAP_KEY_VALUE) {
          repeated group map {
            required int32 key;
            optional group value (LIST) { repeated group list { optional boolean element; } }
          }
        }
        optional group s { optional int32 a; optional group t { optional float b; repeated int64 c; } }
        optional int96 int96;
        optional group int96s (LIST) { repeated group list { optional int96 element; } }
        optional int32 d9 (DECIMAL(9,2));
        optional int64 d18 (DECIMAL(18,4));
        optional fixed_len_byte_array(5) d11 (DECIMAL(11,3));
        optional fixed_len_byte_array(16) d38 (DECIMAL(38,5));
        optional binary db (DECIMAL(38,2));
        optional group decimals (LIST) { repeated group list { optional binary element (DECIMAL(20,1)); } }
        optional boolean b;
        optional binary e (ENUM);
        optional fixed_len_byte_array(3) raw;
        optional int32 day (DATE);
        optional int32 time (TIME_MILLIS);
        optional int64 time_us (TIME_MICROS);
        optional int64 ms (TIMESTAMP_MILLIS);
        optional int64 us (TIMESTAMP_MICROS);
        optional int32 tiny (INT_8);
        optional int32 small (UINT_8);
        optional int64 big (UINT_64);
      }
      """;

  private static final MessageType MESSAGE = MessageTypeParser.parseMessageType(SCHEMA);

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path directory;

  /** How often values come again, so that there are dictionaries; 0 for never. */
  private int repeats;

  @ParameterizedTest
  @CsvSource({
    "V1, true, 1500, 1048576, 5",
    "V1, true, 1500, 700, 1000",
    "V1, false, 1000, 1048576, 5",
    "V1, false, 1000, 500, 0",
    "V2, true, 1500, 1048576, 5",
    "V2, true, 1500, 700, 1000",
    "V2, false, 1000, 1048576, 0",
    "V2, false, 1000, 500, 3",
    "V2, true, 1, 500, 3",
    "V1, true, 0, 500, 3",
  })
  void rowsAreReadAsTheyWereGiven(
      String version, boolean dictionaries, int rows, int pageSize, int repeats)
      throws IOException {
    this.repeats = repeats;
    ParquetProperties properties =
        ParquetProperties.builder()
            .withWriterVersion(
                version.equals("V1") ? WriterVersion.PARQUET_1_0 : WriterVersion.PARQUET_2_0)
            .withDictionaryEncoding(dictionaries)
            .withDictionaryPageSize(repeats > 100 ? 2_000 : 1 << 20)
            .withByteStreamSplitEncoding(random.nextBoolean())
            .withPageSize(pageSize)
            .withPageRowCountLimit(pageSize)
            .withMinRowCountForPageSizeCheck(10)
            .build();
    List<Group> groups = new ArrayList<>();
    List<List<@Nullable Object>> expected = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Group group = new SimpleGroup(MESSAGE);
      groups.add(group);
      expected.add(fill(group, i));
    }
    Path path = directory.resolve("p.parquet");
    ParquetJavaWriter.write(path, MESSAGE, properties, groups, 1 + random.nextInt(rows + 1));

    Schema schema =
        new ParquetFormat(ParquetWriteOptions.DEFAULT)
            .inferSchema(List.of(ParquetFiles.file(path)));
    List<List<@Nullable Object>> found = ParquetFiles.read(path);
    assertEquals(rows, found.size(), "seed " + seed);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < MESSAGE.getFieldCount(); column++) {
        String place = MESSAGE.getFieldName(column) + " of row " + row + ", seed " + seed;
        assertEquals(
            text(schema, column, expected.get(row).get(column)),
            text(schema, column, found.get(row).get(column)),
            place);
      }
    }
  }

  private static String text(Schema schema, int column, @Nullable Object value) {
    StringBuilder text = new StringBuilder();
    Object plain = value instanceof ByteBuffer bytes ? bytes.array() : value;
    JsonValueFormat.append(ArrowTypes.type(schema.getFields().get(column)), plain, text);
    return text.toString();
  }

  // Values: what is set in the group is what is given back.

  private List<@Nullable Object> fill(Group row, int id) {
    row.add("id", (long) id);
    List<@Nullable Object> values = new ArrayList<>(List.of((long) id));
    values.add(group(row, "three", g -> elements(g, "list", e -> number(e, "element"))));
    values.add(elements(row.addGroup("three_required"), "list", e -> requiredText(e, "element")));
    values.add(group(row, "two", g -> several(() -> repeatedLong(g, "element"))));
    values.add(group(row, "hive", g -> elements(g, "bag", e -> word(e, "array_element"))));
    values.add(
        group(
            row,
            "avro",
            g -> elements(g, "array", e -> Arrays.asList(requiredInt(e, "x"), word(e, "y")))));
    values.add(
        group(row, "thrift", g -> elements(g, "thrift_tuple", e -> List.of(requiredInt(e, "x")))));
    values.add(several(() -> requiredInt(row, "bare")));
    values.add(
        group(
            row,
            "deep",
            g ->
                elements(
                    g,
                    "list",
                    e -> group(e, "element", i -> elements(i, "list", this::floating)))));
    values.add(
        group(
            row,
            "map",
            g -> map(g, "key_value", e -> requiredText(e, "key"), e -> number(e, "value"))));
    values.add(
        group(
            row,
            "old_map",
            g ->
                map(
                    g,
                    "map",
                    e -> requiredInt(e, "key"),
                    e -> group(e, "value", i -> elements(i, "list", this::truth)))));
    values.add(group(row, "s", this::struct));
    values.add(int96(row, "int96"));
    values.add(group(row, "int96s", g -> elements(g, "list", e -> int96(e, "element"))));
    values.add(decimal(row, "d9", 29, 2));
    values.add(decimal(row, "d18", 59, 4));
    values.add(decimal(row, "d11", 36, 3));
    values.add(decimal(row, "d38", 125, 5));
    values.add(decimal(row, "db", 120, 2));
    values.add(group(row, "decimals", g -> elements(g, "list", e -> decimal(e, "element", 60, 1))));
    scalars(row, values);
    return values;
  }

  private void scalars(Group row, List<@Nullable Object> values) {
    values.add(
        set(
            () -> {
              boolean value = random.nextBoolean();
              row.add("b", value);
              return value;
            }));
    values.add(word(row, "e"));
    values.add(
        set(
            () -> {
              byte[] bytes = new byte[] {(byte) next(256), (byte) next(256), 0};
              row.add("raw", Binary.fromConstantByteArray(bytes));
              return bytes;
            }));
    values.add(integer(row, "day", 40_000, d -> LocalDate.ofEpochDay(d)));
    values.add(integer(row, "time", 86_400_000, t -> LocalTime.ofNanoOfDay(t * 1_000_000L)));
    values.add(
        set(
            () -> {
              long micros = next(1_000_000_000) * 86L;
              row.add("time_us", micros);
              return LocalTime.ofNanoOfDay(micros * 1000);
            }));
    values.add(moment(row, "ms", 1_000, ChronoUnit.MILLIS));
    values.add(moment(row, "us", 1_000_000, ChronoUnit.MICROS));
    values.add(integer(row, "tiny", 100, v -> (byte) (int) v));
    values.add(integer(row, "small", 256, v -> (short) (int) v));
    values.add(
        set(
            () -> {
              long bits = next(1_000_000) * 0x9E3779B97F4A7C15L;
              row.add("big", bits);
              return new BigDecimal(new BigInteger(Long.toUnsignedString(bits)));
            }));
  }

  private interface Fill<T> {
    T of(Group group);
  }

  private int next(int bound) {
    return repeats == 0 ? random.nextInt(bound) : random.nextInt(Math.min(bound, repeats));
  }

  private <T> @Nullable T set(Supplier<T> value) {
    return random.nextInt(4) == 0 ? null : value.get();
  }

  private <T> List<T> several(Supplier<T> element) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(3) == 0 ? 0 : random.nextInt(4); i > 0; i--) {
      list.add(element.get());
    }
    return list;
  }

  private <T> @Nullable T group(Group parent, String field, Fill<T> fill) {
    return set(() -> fill.of(parent.addGroup(field)));
  }

  private <T> List<T> elements(Group list, String repeated, Fill<T> element) {
    return several(() -> element.of(list.addGroup(repeated)));
  }

  private <K, V> Map<K, V> map(Group parent, String repeated, Fill<K> key, Fill<V> value) {
    Map<K, V> map = new LinkedHashMap<>();
    if (random.nextInt(3) > 0) {
      Group entry = parent.addGroup(repeated);
      map.put(key.of(entry), value.of(entry));
    }
    return map;
  }

  private List<@Nullable Object> struct(Group group) {
    Integer a = set(() -> requiredInt(group, "a"));
    return Arrays.asList(
        a,
        group(
            group,
            "t",
            t -> {
              Float b =
                  set(
                      () -> {
                        float value = next(1000) / 8f;
                        t.add("b", value);
                        return value;
                      });
              return Arrays.asList(b, several(() -> repeatedLong(t, "c")));
            }));
  }

  private long repeatedLong(Group group, String field) {
    long value = next(1 << 30) * 3_000_000_019L;
    group.add(field, value);
    return value;
  }

  private @Nullable Long number(Group group, String field) {
    return set(() -> repeatedLong(group, field));
  }

  private int requiredInt(Group group, String field) {
    int value = next(1 << 30) - 1000;
    group.add(field, value);
    return value;
  }

  private String requiredText(Group group, String field) {
    int number = next(100_000);
    String value = number % 7 == 0 ? "" : "text é ".repeat(number % 4) + number;
    group.add(field, value);
    return value;
  }

  private @Nullable String word(Group group, String field) {
    return set(() -> requiredText(group, field));
  }

  private @Nullable Double floating(Group group) {
    return set(
        () -> {
          double value = next(100_000) / 64.0 - 7;
          group.add("element", value);
          return value;
        });
  }

  private @Nullable Boolean truth(Group group) {
    return set(
        () -> {
          boolean value = random.nextInt(8) == 0;
          group.add("element", value);
          return value;
        });
  }

  private interface OfInt {
    Object of(int value);
  }

  private @Nullable Object integer(Group group, String field, int bound, OfInt value) {
    return set(
        () -> {
          int number = next(bound);
          group.add(field, number);
          return value.of(number);
        });
  }

  private @Nullable LocalDateTime moment(
      Group group, String field, long perSecond, ChronoUnit unit) {
    return set(
        () -> {
          long value = next(1 << 30) * 3 * perSecond / 2 - 1_000_000_007L;
          group.add(field, value);
          return LocalDateTime.ofInstant(Instant.EPOCH.plus(value, unit), ZoneOffset.UTC);
        });
  }

  /** Nanoseconds of the day, then the Julian day. */
  private @Nullable LocalDateTime int96(Group group, String field) {
    return set(
        () -> {
          LocalDateTime value =
              LocalDateTime.of(1990, 1, 1, 0, 0)
                  .plusDays(next(20_000))
                  .plusNanos(next(1 << 30) * 80_000L);
          ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
          bytes.putLong(value.toLocalTime().toNanoOfDay());
          bytes.putInt((int) value.toLocalDate().getLong(JulianFields.JULIAN_DAY));
          group.add(field, Binary.fromConstantByteArray(bytes.array()));
          return value;
        });
  }

  private @Nullable BigDecimal decimal(Group group, String field, int bits, int scale) {
    return set(
        () -> {
          BigInteger wide = BigInteger.valueOf(next(1 << 30)).pow(1 + random.nextInt(4));
          BigInteger unscaled = wide.mod(BigInteger.ONE.shiftLeft(bits));
          unscaled = random.nextBoolean() ? unscaled.negate() : unscaled;
          var type = group.getType().getType(field).asPrimitiveType();
          switch (type.getPrimitiveTypeName()) {
            case INT32 -> group.add(field, unscaled.intValueExact());
            case INT64 -> group.add(field, unscaled.longValueExact());
            case FIXED_LEN_BYTE_ARRAY -> {
              byte[] bytes = new byte[type.getTypeLength()];
              Arrays.fill(bytes, (byte) (unscaled.signum() < 0 ? -1 : 0));
              byte[] value = unscaled.toByteArray();
              System.arraycopy(value, 0, bytes, bytes.length - value.length, value.length);
              group.add(field, Binary.fromConstantByteArray(bytes));
            }
            default -> group.add(field, Binary.fromConstantByteArray(unscaled.toByteArray()));
          }
          return new BigDecimal(unscaled, scale);
        });
  }
}
