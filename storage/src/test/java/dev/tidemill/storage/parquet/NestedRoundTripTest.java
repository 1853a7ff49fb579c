package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileCut;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.RandomRows;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nested columns that are written are read again, here as a whole and cut anywhere, and by DuckDB,
 * whatever their types, with NULLs and empty lists at every level.
 */
final class NestedRoundTripTest {
  private static final List<Type> LEAVES =
      List.of(
          Type.BOOLEAN,
          Type.SMALLINT,
          Type.INTEGER,
          Type.BIGINT,
          Type.REAL,
          Type.DOUBLE,
          new Type.Decimal(7, 2),
          new Type.Decimal(18, 3),
          new Type.Decimal(38, 5),
          Type.VARCHAR,
          Type.DATE,
          new Type.Time(6),
          new Type.Timestamp(3),
          new Type.Timestamp(6));

  private static final List<Type> KEYS = List.of(Type.INTEGER, Type.VARCHAR, Type.DATE);

  /** A list of so many elements is longer than a page. */
  private static final int LONG_LIST = 40_000;

  @TempDir Path directory;

  @RepeatedTest(10)
  void randomColumns(RepetitionInfo repetition) throws SQLException {
    long seed = 77_003L * repetition.getCurrentRepetition();
    Random random = new Random(seed);
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      fields.add(ArrowTypes.field("c" + i, type(random, 1 + i), random.nextInt(4) > 0));
    }
    fields.add(ArrowTypes.field("flat", Type.BIGINT, true));
    Schema schema = new Schema(fields);
    int[] counts = {0, 1, 300, 1500};
    int count = repetition.getCurrentRepetition() == 1 ? 1500 : counts[random.nextInt(4)];
    List<List<@Nullable Object>> rows = rows(random, schema, count);
    CompressionCodec[] codecs = {CompressionCodec.ZSTD, CompressionCodec.UNCOMPRESSED};
    int[] groups = {1 << 20, 1000, 37};
    ParquetWriteOptions options =
        new ParquetWriteOptions(
            codecs[random.nextInt(2)], 1, groups[random.nextInt(3)], 1 + random.nextInt(2));
    Path path = directory.resolve("t.parquet");
    ParquetFiles.write(path, schema, options, rows, 1 + random.nextInt(4096));
    String message = "seed " + seed + " " + options + " rows " + count + " of " + schema;
    DataFile file = ParquetFiles.file(path);
    ParquetFormat format = new ParquetFormat(options);
    assertEquals(schema, format.inferSchema(List.of(file)), message);
    assertEquals(rows, read(file, schema, 0, FileFormat.END), message);
    cutAnywhere(random, format, file, schema, rows, message);
    Path copy = directory.resolve("d.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (SELECT * FROM '%s') TO '%s' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
              .formatted(path, copy));
    }
    Schema optional =
        new Schema(
            schema.getFields().stream()
                .map(f -> ArrowTypes.field(f.getName(), ArrowTypes.type(f), true))
                .toList());
    assertEquals(
        rows, read(ParquetFiles.file(copy), optional, 0, FileFormat.END), "by DuckDB, " + message);
  }

  private static List<List<@Nullable Object>> read(
      DataFile file, Schema schema, long from, long to) {
    return ParquetFiles.read(
        new ParquetFormat(ParquetWriteOptions.DEFAULT), file, from, to, ParquetFiles.scan(schema));
  }

  private static void cutAnywhere(
      Random random,
      ParquetFormat format,
      DataFile file,
      Schema schema,
      List<List<@Nullable Object>> rows,
      String message) {
    int done = 0;
    for (long position = 0; position != FileFormat.END; ) {
      FileCut cut = format.cut(file, schema, position, 1 + random.nextInt(900));
      List<List<@Nullable Object>> part = read(file, schema, position, cut.position());
      assertEquals(
          rows.subList(done, done + (int) cut.rows()), part, message + " from " + position);
      done += part.size();
      position = cut.position();
    }
    assertEquals(rows.size(), done, message);
  }

  private static Type type(Random random, int depth) {
    if (depth == 0) {
      return LEAVES.get(random.nextInt(LEAVES.size()));
    }
    return switch (random.nextInt(3)) {
      case 0 -> new Type.Array(type(random, depth - 1));
      case 1 -> new Type.MapType(KEYS.get(random.nextInt(KEYS.size())), type(random, depth - 1));
      default -> {
        List<Type.RowField> fields = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
          fields.add(
              new Type.RowField(
                  "f " + i, type(random, i == 0 ? depth - 1 : random.nextInt(depth))));
        }
        yield new Type.Row(fields);
      }
    };
  }

  private static List<List<@Nullable Object>> rows(Random random, Schema schema, int count) {
    Values values = new Values(random);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Field field : schema.getFields()) {
        boolean isNull = field.isNullable() && random.nextInt(5) == 0;
        row.add(isNull ? null : values.value(ArrowTypes.type(field)));
      }
      rows.add(row);
    }
    for (int c = 0; count > 0 && c < schema.getFields().size(); c++) {
      if (ArrowTypes.type(schema.getFields().get(c)) instanceof Type.Array array
          && LEAVES.contains(array.element())) {
        rows.get(random.nextInt(count)).set(c, values.list(array.element(), LONG_LIST));
      }
    }
    return rows;
  }

  /** Values with lists that are mostly short, and NULLs at every level. */
  private static final class Values {
    private final Random random;
    private final RandomRows leaves;

    Values(Random random) {
      this.random = random;
      this.leaves = new RandomRows(random);
    }

    private @Nullable Object optional(Type type) {
      return random.nextInt(4) == 0 ? null : value(type);
    }

    private Object value(Type type) {
      return switch (type) {
        case Type.Array t -> list(t.element(), length());
        case Type.MapType t -> {
          Map<Object, @Nullable Object> map = new LinkedHashMap<>();
          for (int i = length(); i > 0; i--) {
            map.put(leaves.value(t.key()), optional(t.value()));
          }
          yield map;
        }
        case Type.Row t -> {
          List<@Nullable Object> fields = new ArrayList<>();
          t.fields().forEach(field -> fields.add(optional(field.type())));
          yield fields;
        }
        case Type.Varchar t -> random.nextInt(50) == 0 ? leaves.text() : "w" + random.nextInt(30);
        default -> leaves.value(type);
      };
    }

    private List<@Nullable Object> list(Type element, int count) {
      List<@Nullable Object> list = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        list.add(optional(element));
      }
      return list;
    }

    private int length() {
      return random.nextInt(3) == 0 ? 0 : random.nextInt(20) == 0 ? 20 : random.nextInt(4);
    }
  }

  @ParameterizedTest
  @CsvSource({"ZSTD, 1", "SNAPPY, 2", "UNCOMPRESSED, 1", "UNCOMPRESSED, 2"})
  void duckDbFindsTheSameRows(CompressionCodec codec, int pageVersion) throws SQLException {
    Path source = directory.resolve("d.parquet");
    Path copy = directory.resolve("t.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet)"
              .formatted(NestedParquetTest.NESTED.formatted(4_000), source));
      Schema schema =
          new ParquetFormat(ParquetWriteOptions.DEFAULT)
              .inferSchema(List.of(ParquetFiles.file(source)));
      List<List<@Nullable Object>> rows = ParquetFiles.read(source);
      ParquetFiles.write(
          copy, schema, new ParquetWriteOptions(codec, 1, 1_500, pageVersion), rows, 1000);
      assertEquals(rows, ParquetFiles.read(copy));
      for (List<Path> both : List.of(List.of(source, copy), List.of(copy, source))) {
        try (ResultSet result =
            statement.executeQuery(
                "SELECT COUNT(*) FROM (FROM '%s' EXCEPT ALL FROM '%s')"
                    .formatted(both.get(0), both.get(1)))) {
          result.next();
          assertEquals(0, result.getLong(1));
        }
      }
      try (ResultSet result =
          statement.executeQuery(
              "SELECT string_agg(path_in_schema, ' ' ORDER BY column_id), SUM(stats_null_count) > 0"
                  + " FROM parquet_metadata('%s') WHERE row_group_id = 0".formatted(copy))) {
        result.next();
        String paths = result.getString(1);
        for (String path :
            List.of("longs, list, element", "map_, key_value, key", "struct_, in, d")) {
          assertEquals(true, paths.contains(path), paths);
        }
      }
    }
  }
}
